/** `tf.app.run`: reads the flags and runs a program's main function. */

import { parseFlags, programArguments } from './flags.ts';

/** A program: it gets the arguments that are no flags, its own name first, and may return an exit code or a promise of one. */
export type Main = (argv: string[]) => unknown;

/** Reads the flags, then runs `main`; the number that it returns becomes the exit code of the process. */
export function run(main: Main, argv: readonly string[] | null = null): void {
  const result = main(parseFlags(argv ?? programArguments(), true));
  const exit = (code: unknown) => {
    if (typeof code === 'number' && typeof process === 'object') process.exitCode = code;
  };
  if (result instanceof Promise) void result.then(exit);
  else exit(result);
}
