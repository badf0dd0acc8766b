/** The command line of every script: what it takes is said once, and `--help` prints it. */

import { parseArgs } from 'node:util';
import { Failed } from './processes.ts';

/** One `--name`: whether a value follows, and what it does. */
export interface Option {
  readonly type: 'boolean' | 'string';
  readonly about: string;
}

/** What a script says about itself. */
export interface Command<O extends Record<string, Option>> {
  /** How it is called, after `npm run`. */
  readonly usage: string;
  /** What it does. */
  readonly about: string;
  readonly options: O;
}

/** The options that were given; those that were not are absent. */
export type Given<O extends Record<string, Option>> = {
  [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string;
};

process.on('uncaughtException', (error) => {
  console.error(error instanceof Failed ? error.message : error);
  process.exit(1);
});

/**
 * Reads the command line. `--help` prints the help and ends the process with 0, an unknown option
 * prints why and ends it with 2.
 */
export function readOptions<const O extends Record<string, Option>>(
  command: Command<O>,
  args: readonly string[] = process.argv.slice(2),
): { options: Given<O>; names: string[] } {
  const options = { ...command.options, help: { type: 'boolean', about: 'prints this' } } as const;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    if (Reflect.get(values, 'help')) {
      console.log(helpText({ ...command, options }));
      process.exit(0);
    }
    return { options: values as Given<O>, names: positionals };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${helpText({ ...command, options })}`);
    process.exit(2);
  }
}

/** The text that `--help` prints. */
export function helpText(command: Command<Record<string, Option>>): string {
  const rows = Object.entries(command.options).map(([name, { type, about }]) => {
    const left = type === 'string' ? `--${name} VALUE` : `--${name}`;
    return `  ${left.padEnd(20)} ${about}`;
  });
  return [`npm run ${command.usage}`, '', command.about, '', ...rows].join('\n');
}
