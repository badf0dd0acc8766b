/**
 * `node --import scripts/import_recorder.js FILE` writes every import of the process to the file that
 * the environment variable IMPORTS names: one line of JSON each, what was asked for, by whom, and what
 * it is. Node calls `resolve` in a thread of its own.
 */

import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

/** Node's hook for finding a module: finds it as before, and notes it. */
export async function resolve(target, context, next) {
  const found = await next(target, context);
  const line = JSON.stringify({ target, by: context.parentURL ?? '', url: found.url });
  appendFileSync(process.env.IMPORTS, `${line}\n`);
  return found;
}
