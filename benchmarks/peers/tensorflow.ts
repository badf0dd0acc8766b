/**
 * TensorFlow itself as a contender: it runs the very graph that this library built, in a session with
 * one thread. TF1_BENCH_PYTHON names a Python that has TensorFlow; without it there is no such contender.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as tf from 'tf1';
import { savez } from 'tf1/node';
import type { Contenders, Runner } from '../workload.ts';
import type { Program } from './program.ts';

/** TensorFlow's session as a contender for the program that `build` makes; none where there is no TensorFlow. */
export function tensorflow(build: () => Program): Contenders {
  const python = process.env.TF1_BENCH_PYTHON;
  return python ? { 'TensorFlow session': () => start(python, build) } : {};
}

async function start(python: string, build: () => Program): Promise<Runner> {
  const directory = mkdtempSync(join(tmpdir(), 'tf1-bench-'));
  const graph = new tf.Graph();
  const { fetches, feed_dict = [], init } = tf.with(graph.as_default(), build);
  writeFileSync(join(directory, 'graph.pb'), graph.as_graph_def().SerializeToString());
  savez(
    join(directory, 'feeds.npz'),
    Object.fromEntries(feed_dict.map(([tensor, array]) => [tensor.name, array])),
  );
  const names = fetches.map(({ name }) => name);
  const child = spawn(
    python,
    ['benchmarks/peers/tensorflow_session.py', directory, init?.name ?? '', ...names],
    { env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' } },
  );
  const failures: string[] = [];
  child.stderr.on('data', (text) => failures.push(String(text)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`TensorFlow ended: ${failures.join('')}`);
    return value;
  };
  await answer();
  return {
    async turn(length) {
      child.stdin.write(`${length}\n`);
      return JSON.parse(await answer());
    },
    close() {
      child.kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
