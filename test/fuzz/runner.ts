/**
 * Feeds damaged files to parsers. Each input must end in an answer or in an error of the library's own
 * classes, in bounded time and memory, without touching `Object.prototype` or a file elsewhere.
 */

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as errors from '../../src/core/errors.ts';
import { type Change, mutated, Random } from './mutations.ts';

/** One parser with files that it reads. */
export interface Target {
  readonly name: string;
  /** Valid files. */
  readonly seeds: readonly Uint8Array[];
  readonly isText?: boolean;
  /** Damage that keeps the outer form, so that it gets deeper. */
  readonly changes?: readonly Change[];
  /** How much larger than its input what it reads may be: 10, more for what is compressed. */
  readonly ratio?: number;
  /** Makes checksums right again. */
  mend?(bytes: Uint8Array): Uint8Array;
  /** Reads the bytes; `directory` is its own and the only one where it may read. */
  parse(bytes: Uint8Array, directory: string): void;
}

/** What went wrong with one input. */
export interface Fault {
  readonly target: string;
  readonly index: number;
  readonly why: string;
  readonly stack: string;
  readonly input: Uint8Array;
}

/** How many inputs gave an answer, and how many a clear error. */
export interface Outcome {
  readonly answers: number;
  readonly refusals: number;
  readonly faults: readonly Fault[];
  readonly slowest: number;
  /** Bytes of buffers that the input which took most of them took, and its parser. */
  readonly largest: number;
  readonly largestOf: string;
}

/** What to run. */
export interface FuzzOptions {
  readonly count: number;
  readonly seed: number;
  readonly targets: readonly Target[];
  /** The first input of the sequence to run. */
  readonly from?: number;
  /** Called ahead of each input. */
  readonly progress?: (index: number, target: string, faults: number) => void;
}

/** Milliseconds for one input. */
const SLOW = 5000;
/** Memory that a parser may take however small its input is: plans, tables, garbage of the last inputs. */
const BASE_BYTES = 8 << 20;
const BASE_HEAP = 96 << 20;

type ErrorClass = new (...args: never[]) => Error;

function isErrorClass(one: unknown): one is ErrorClass {
  return typeof one === 'function' && one.prototype instanceof Error;
}

/** The classes that programs are to catch. */
const CLASSES = (Object.values(errors) as unknown[]).filter(isErrorClass);
/** What JavaScript itself says where code went wrong. */
const CRASH =
  /undefined|Cannot (read|set|destructure|mix|access|convert (undefined|null|object|a ))|is not (a function|iterable|a constructor|an object|defined)|Invalid (typed )?array|BigInt|reduce of empty|circular|object null/;

/** Why an error is no clear one; `null` where it is. */
export function unclear(error: unknown): string | null {
  if (!(error instanceof Error)) return `threw ${String(error)}`;
  if (CLASSES.some((type) => error instanceof type)) return null;
  // The library throws JavaScript's own TypeError too, where Python has one.
  if (error instanceof TypeError && !CRASH.test(error.message)) return null;
  return `${error.name}: ${error.message.slice(0, 200)}`;
}

/** Runs `count` inputs, in turn for each target; the same seed gives the same inputs. */
export function fuzz({ count, seed, targets, from = 0, progress }: FuzzOptions): Outcome {
  const root = mkdtempSync(join(tmpdir(), 'tf1-fuzz-'));
  const watch = new FileWatch(root);
  const faults: Fault[] = [];
  const tally = { answers: 0, refusals: 0, slowest: 0, largest: 0, largestOf: '' };
  try {
    for (let index = from; index < count; index++) {
      const target = targets[index % targets.length]!;
      progress?.(index, target.name, faults.length);
      const directory = join(root, target.name);
      mkdirSync(directory, { recursive: true });
      const input = inputOf(target, seed, index);
      const found = runOne(target, input, directory, watch, tally);
      if (found) faults.push({ target: target.name, index, input, ...found });
    }
  } finally {
    watch.stop();
    rmSync(root, { recursive: true, force: true });
  }
  return { ...tally, faults };
}

/** The input number `index`. */
export function inputOf(target: Target, seed: number, index: number): Uint8Array {
  const random = new Random(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const bytes = mutated(target.seeds, random, target.isText, target.changes);
  return target.mend && random.below(4) > 0 ? target.mend(bytes) : bytes;
}

type Tally = { -readonly [K in keyof Omit<Outcome, 'faults'>]: Outcome[K] };

function runOne(
  target: Target,
  input: Uint8Array,
  directory: string,
  watch: FileWatch,
  tally: Tally,
): { why: string; stack: string } | null {
  const before = process.memoryUsage();
  const start = performance.now();
  const copy = createHash('sha1').update(input).digest('hex');
  watch.begin(directory);
  let thrown: unknown;
  let failed = false;
  try {
    target.parse(input, directory);
    tally.answers++;
  } catch (error) {
    thrown = error;
    failed = true;
  }
  const strayed = watch.end();
  const time = performance.now() - start;
  tally.slowest = Math.max(tally.slowest, time);
  const taken = process.memoryUsage().arrayBuffers - before.arrayBuffers;
  if (taken > tally.largest) Object.assign(tally, { largest: taken, largestOf: target.name });
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const why =
    (failed ? unclear(thrown) : null) ??
    (strayed && `touched ${strayed}`) ??
    (time > SLOW ? `took ${Math.round(time)} ms` : null) ??
    excess(before, input.length, target.ratio ?? 10) ??
    pollution() ??
    (createHash('sha1').update(input).digest('hex') !== copy ? 'changed its input' : null);
  if (failed && why === null) tally.refusals++;
  return why === null ? null : { why, stack };
}

function excess(before: NodeJS.MemoryUsage, size: number, ratio: number): string | null {
  const after = process.memoryUsage();
  const buffers = after.arrayBuffers - before.arrayBuffers;
  const heap = after.heapUsed - before.heapUsed;
  if (buffers > BASE_BYTES + ratio * size) return `took ${buffers} bytes of buffers for ${size}`;
  if (heap > BASE_HEAP + 10 * ratio * size) return `took ${heap} bytes of heap for ${size}`;
  return null;
}

const OBJECT_KEYS = Reflect.ownKeys(Object.prototype).length;
const ARRAY_KEYS = Reflect.ownKeys(Array.prototype).length;

function pollution(): string | null {
  const keys = Reflect.ownKeys(Object.prototype);
  const clean =
    keys.length === OBJECT_KEYS && Reflect.ownKeys(Array.prototype).length === ARRAY_KEYS;
  if (clean) return null;
  const added = keys.slice(OBJECT_KEYS);
  for (const key of added) Reflect.deleteProperty(Object.prototype, key);
  return `changed Object.prototype: ${added.map(String).join(', ')}`;
}

/** Notes which files are opened, written, renamed or removed outside of one directory. */
class FileWatch {
  readonly #fs: Record<string, unknown>;
  readonly #originals = new Map<string, unknown>();
  readonly #root: string;
  #directory: string | null = null;
  #strayed: string | null = null;

  constructor(root: string) {
    this.#root = root;
    this.#fs = process.getBuiltinModule('node:fs') as unknown as Record<string, unknown>;
    for (const name of [
      'openSync',
      'readFileSync',
      'writeFileSync',
      'renameSync',
      'rmSync',
      'unlinkSync',
      'mkdirSync',
      'copyFileSync',
    ]) {
      const original = this.#fs[name] as (...args: unknown[]) => unknown;
      this.#originals.set(name, original);
      this.#fs[name] = (...args: unknown[]) => {
        this.#note(args[0]);
        return Reflect.apply(original, this.#fs, args);
      };
    }
  }

  begin(directory: string): void {
    this.#directory = directory;
    this.#strayed = null;
  }

  /** A path outside of the directory that was touched since `begin`. */
  end(): string | null {
    this.#directory = null;
    return this.#strayed;
  }

  stop(): void {
    for (const [name, original] of this.#originals) this.#fs[name] = original;
  }

  #note(path: unknown): void {
    if (this.#directory === null || typeof path !== 'string') return;
    const full = resolve(path);
    if (full.startsWith(this.#directory) || full === dirname(this.#root)) return;
    this.#strayed ??= full;
  }
}
