/**
 * The command line: `npx tf1 show model.pb`. One file per command. The exit code is 0, 1 where the data is
 * wrong, 2 where the call is; errors are one line.
 */

import { Command, CommanderError } from 'commander';
import { VERSION } from '../platform/version.ts';
import { addCheckpoint, Differ } from './checkpoint.ts';
import { addConvert } from './convert.ts';
import { addEvents } from './events.ts';
import { addFreeze } from './freeze.ts';
import { type Io, UsageError } from './output.ts';
import { addRun } from './run.ts';
import { addShow } from './show.ts';

/** What the command line ends with. */
export const EXIT = { ok: 0, data: 1, usage: 2 } as const;

const CONSOLE: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  interactive: process.stderr?.isTTY === true,
};

/** Runs the command that `args` say, without the program's own name; returns the exit code. */
export async function main(args: readonly string[], io: Io = CONSOLE): Promise<number> {
  try {
    await programFor(io).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof Differ) return EXIT.data;
    io.err(`tf1: ${oneLine(error)}\n`);
    return error instanceof UsageError ? EXIT.usage : EXIT.data;
  }
}

function programFor(io: Io): Command {
  const program = new Command('tf1')
    .description("Looks into TF1's files, runs and converts them.")
    .version(VERSION, '-V, --version', 'prints the version of TensorFlow that this library follows')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: (text) => io.err(oneText(text)) })
    .configureHelp({ helpWidth: 80, minWidthToWrap: 20 });
  for (const add of [addShow, addRun, addFreeze, addConvert, addCheckpoint, addEvents])
    add(program, io);
  return program;
}

/** An error as one line: what happened, then the hint. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .trim()
    .replace(/([^.:;,!?])\s*\n\s*\n\s*/g, '$1. ')
    .replace(/\s*\n\s*/g, ' ');
}

/** What commander says of a wrong call, as one line; of no command at all, the help. */
function oneText(text: string): string {
  if (!text.startsWith('error: ')) return text;
  return `${text
    .replace(/^error: /, 'tf1: ')
    .trim()
    .replace(/\s*\n\s*/g, ' ')}\n`;
}
