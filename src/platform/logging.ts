/** `tf.logging`: messages with a level, in Python's form, to the console's error stream. */

import { percentFormat } from './percent.ts';

/** The level of messages for those who debug. */
export const DEBUG = 10;
/** The level of progress. */
export const INFO = 20;
/** The level of what may be wrong. */
export const WARN = 30;
/** The level of what is wrong. */
export const ERROR = 40;
/** The level of what ends the program. */
export const FATAL = 50;

const NAMES = new Map([
  [DEBUG, 'DEBUG'],
  [INFO, 'INFO'],
  [WARN, 'WARNING'],
  [ERROR, 'ERROR'],
  [FATAL, 'CRITICAL'],
]);

let verbosity = WARN;
/** How often each message of `log_every_n` and `log_first_n` came. */
const counts = new Map<string, number>();

/** The level from which on messages are shown. */
export function get_verbosity(): number {
  return verbosity;
}

/** Shows messages of level `v` and above: `tf.logging.INFO`. */
export function set_verbosity(v: number): void {
  verbosity = v;
}

/** Logs `msg % args` at `level`. */
export function log(level: number, msg: string, ...args: unknown[]): void {
  if (level < verbosity) return;
  const text = args.length === 0 ? String(msg) : percentFormat(msg, args);
  console.error(`${NAMES.get(level) ?? `Level ${level}`}:tensorflow:${text}`);
}

/** Logs at level DEBUG. */
export function debug(msg: string, ...args: unknown[]): void {
  log(DEBUG, msg, ...args);
}

/** Logs at level INFO. */
export function info(msg: string, ...args: unknown[]): void {
  log(INFO, msg, ...args);
}

/** Logs at level WARN. */
export function warn(msg: string, ...args: unknown[]): void {
  log(WARN, msg, ...args);
}

/** Logs at level WARN. */
export const warning = warn;

/** Logs at level ERROR. */
export function error(msg: string, ...args: unknown[]): void {
  log(ERROR, msg, ...args);
}

/** Logs at level FATAL. */
export function fatal(msg: string, ...args: unknown[]): void {
  log(FATAL, msg, ...args);
}

/** As `log`. */
export const vlog = log;

/** Logs the first message and then every `n`th of those with the same text. */
export function log_every_n(level: number, msg: string, n: number, ...args: unknown[]): void {
  log_if(level, msg, count(msg) % n === 0, ...args);
}

/** Logs the first `n` messages with the same text. */
export function log_first_n(level: number, msg: string, n: number, ...args: unknown[]): void {
  log_if(level, msg, count(msg) < n, ...args);
}

/** Logs if `condition` holds. */
export function log_if(level: number, msg: string, condition: boolean, ...args: unknown[]): void {
  if (condition) log(level, msg, ...args);
}

/** Shows what is held back: nothing, for messages are written at once. */
export function flush(): void {}

/** Writes `msg` as it is. */
export function TaskLevelStatusMessage(msg: string): void {
  error(msg);
}

function count(msg: string): number {
  const before = counts.get(msg) ?? 0;
  counts.set(msg, before + 1);
  return before;
}
