/** `tf.app.flags`: command line flags that are declared where they are used, read at first use. */

import { AttributeError, ValueError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';

/** What a flag may hold. */
export type FlagValue = string | number | boolean | string[] | null;

interface Flag {
  readonly name: string;
  readonly help: string;
  readonly isBoolean: boolean;
  readonly parse: (text: string) => FlagValue;
  value: FlagValue;
  isRequired: boolean;
}

/** Errors of flags. */
export class FlagsError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const flags = new Map<string, Flag>();
let isParsed = false;

/** Declares a flag that holds text. */
export function DEFINE_string(
  flag_name: string,
  default_value: string | null,
  docstring = '',
): void {
  define(flag_name, default_value, docstring, (text) => text);
}

/** Declares a flag that holds an integer. */
export function DEFINE_integer(
  flag_name: string,
  default_value: number | null,
  docstring = '',
): void {
  define(flag_name, default_value, docstring, (text) => {
    if (/^\s*[-+]?(\d+|0x[\da-f]+)\s*$/i.test(text)) return Number(text);
    throw new ValueError(`invalid literal for int() with base 10: '${text}'`);
  });
}

/** Declares a flag that holds a number. */
export function DEFINE_float(
  flag_name: string,
  default_value: number | null,
  docstring = '',
): void {
  define(flag_name, default_value, docstring, (text) => {
    const number = Number(text);
    if (text.trim() !== '' && !Number.isNaN(number)) return number;
    throw new ValueError(`could not convert string to float: '${text}'`);
  });
}

/** Declares a flag that is true as `--name` and false as `--noname`. */
export function DEFINE_boolean(
  flag_name: string,
  default_value: boolean | null,
  docstring = '',
): void {
  const parse = (text: string) => {
    if (/^(true|t|1)$/i.test(text)) return true;
    if (/^(false|f|0)$/i.test(text)) return false;
    throw new ValueError(`('Non-boolean argument to boolean flag', '${text}')`);
  };
  define(flag_name, default_value, docstring, parse, true);
}

/** As `DEFINE_boolean`. */
export const DEFINE_bool = DEFINE_boolean;

/** Declares a flag that holds texts, given with commas between them. */
export function DEFINE_list(
  flag_name: string,
  default_value: readonly string[] | null,
  docstring = '',
): void {
  const list = default_value === null ? null : [...default_value];
  define(flag_name, list, docstring, (text) =>
    text === '' ? [] : text.split(',').map((s) => s.trim()),
  );
}

/** Declares a flag that holds one of `enum_values`. */
export function DEFINE_enum(
  flag_name: string,
  default_value: string | null,
  enum_values: readonly string[],
  docstring = '',
): void {
  define(flag_name, default_value, docstring, (text) => {
    if (enum_values.includes(text)) return text;
    throw new ValueError(`value should be one of <${enum_values.join('|')}>`);
  });
}

/** Makes it an error that the flag has no value once flags are read. */
export function mark_flag_as_required(flag_name: string): void {
  flagOf(flag_name).isRequired = true;
}

/** The same of several flags. */
export function mark_flags_as_required(flag_names: readonly string[]): void {
  for (const name of flag_names) mark_flag_as_required(name);
}

function define(
  name: string,
  value: FlagValue,
  help: string,
  parse: Flag['parse'],
  isBoolean = false,
): void {
  const first = flags.get(name);
  if (first) {
    throw new FlagsError(
      'DuplicateFlagError',
      `The flag '${name}' is defined twice. Description from first occurrence: ${first.help}`,
    );
  }
  flags.set(name, { name, help, parse, value, isBoolean, isRequired: false });
}

function flagOf(name: string): Flag {
  const flag = flags.get(name);
  if (flag) return flag;
  const meant = nearest(name, [...flags.keys()]);
  const hint = meant ? `. Did you mean: ${meant} ?` : '';
  throw new FlagsError('UnrecognizedFlagError', `Unknown command line flag '${name}'${hint}`);
}

/** The arguments of the running program, its own name first; only that where there are none. */
export function programArguments(): string[] {
  return typeof process === 'object' ? process.argv.slice(1) : ['program'];
}

/** Reads flags from `argv`, whose first member is the program. Returns it with what is no flag; with `known_only` also unknown flags. */
export function parseFlags(argv: readonly string[], known_only: boolean): string[] {
  const rest = argv.slice(0, 1);
  for (let i = 1; i < argv.length; i++) {
    const argument = argv[i]!;
    if (argument === '--') {
      rest.push(...argv.slice(i + 1));
      break;
    }
    const [, given, text] = /^--?([^-=][^=]*)(?:=([\s\S]*))?$/.exec(argument) ?? [];
    if (given === undefined) rest.push(argument);
    else if (known_only && !known(given)) rest.push(argument);
    else if (setFlag(given, text ?? null, argv[i + 1])) i++;
  }
  isParsed = true;
  for (const flag of flags.values()) {
    if (flag.isRequired && flag.value === null) {
      const why = `Flag --${flag.name} must have a value other than None.`;
      throw new FlagsError('IllegalFlagValueError', `flag --${flag.name}=None: ${why}`);
    }
  }
  return rest;
}

function known(name: string): boolean {
  return flags.has(name) || flags.get(name.replace(/^no/, ''))?.isBoolean === true;
}

/** Sets the flag that is given as `name`; answers whether it took `next` as its value. */
function setFlag(name: string, text: string | null, next: string | undefined): boolean {
  const negated = flags.has(name) ? undefined : flags.get(name.replace(/^no/, ''));
  if (negated?.isBoolean) {
    if (text !== null) throw new ValueError(`--${name}=${text} does not take an argument`);
    negated.value = false;
    return false;
  }
  const flag = flagOf(name);
  const takesNext = text === null && !flag.isBoolean;
  const value = text ?? (flag.isBoolean ? 'true' : next);
  if (value === undefined) throw new FlagsError('Error', `Missing value for flag --${name}`);
  try {
    flag.value = flag.parse(value);
  } catch (error) {
    const { message } = error as Error;
    throw new FlagsError('IllegalFlagValueError', `flag --${name}=${value}: ${message}`);
  }
  return takesNext;
}

/** Every flag with its value. */
function flag_values_dict(): Record<string, FlagValue> {
  return Object.fromEntries([...flags.values()].map(({ name, value }) => [name, value]));
}

/** The values of the flags: `FLAGS.learning_rate`. The command line is read when the first is asked for. */
export const FLAGS = new Proxy<
  Record<string, FlagValue> & { flag_values_dict: typeof flag_values_dict }
>({ flag_values_dict } as never, {
  get(target, name) {
    if (typeof name === 'symbol' || name in target) return Reflect.get(target, name);
    if (!isParsed) parseFlags(programArguments(), false);
    const flag = flags.get(name);
    if (!flag) throw new AttributeError(name);
    return flag.value;
  },
  set(_, name, value: FlagValue) {
    flagOf(String(name)).value = value;
    return true;
  },
  has: (_, name) => flags.has(String(name)),
  ownKeys: () => [...flags.keys()],
  getOwnPropertyDescriptor: (_, name) =>
    flags.has(String(name))
      ? {
          value: flags.get(String(name))!.value,
          enumerable: true,
          configurable: true,
          writable: true,
        }
      : undefined,
});

/** Forgets all flags. @internal */
export function resetFlags(): void {
  flags.clear();
  isParsed = false;
}
