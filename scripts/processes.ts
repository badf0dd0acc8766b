/** Running other programs: each is a child with captured or inherited output and a time limit. */

import { spawn } from 'node:child_process';

/** How a child ended and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** Where and how a child runs. */
export interface Place {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Shows the output while it comes, besides keeping it. */
  readonly show?: boolean;
  /** Ends the child after so many seconds. */
  readonly limit?: number;
}

/** Runs `command` to its end without a shell. Never rejects for a failing child: see `code`. */
export function run(command: string, args: readonly string[], place: Place = {}): Promise<Ended> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: place.cwd,
      env: { ...process.env, ...place.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: (place.limit ?? 600) * 1000,
      killSignal: 'SIGKILL',
    });
    const text = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (part: string) => {
        text[stream] += part;
        if (place.show) process[stream].write(part);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...text, seconds: (performance.now() - start) / 1000 });
    });
  });
}

/** A program that was run did not do what it should; the message says all that there is to say. */
export class Failed extends Error {}

/** Runs `command` and returns its stdout. Throws Failed, with all it wrote, unless it ends with 0. */
export async function must(
  command: string,
  args: readonly string[],
  place: Place = {},
): Promise<string> {
  const ended = await run(command, args, place);
  if (ended.code === 0) return ended.stdout;
  const said = place.show ? '' : `${ended.stdout}${ended.stderr}\n`;
  throw new Failed(`${said}${command} ${args.join(' ')} ended with ${ended.code}.`);
}

/** The arguments that make `node` run a TypeScript file against the sources of `tf1`. */
export function typescriptArgs(file: string, ...rest: string[]): string[] {
  return ['--conditions=tf1-src', '--import', 'tsx', file, ...rest];
}
