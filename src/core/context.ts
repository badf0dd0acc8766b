/**
 * Python's `with`: `tf.with(cm, (v) => { ... })`, or `using v = tf.enter(cm)` until the end of the
 * block. What is entered is left in reverse order, whether the body returns or throws.
 */

import { AssertionError, AttributeError, RuntimeError, withHint } from './errors.ts';

/** What a manager's `exit` returns: `true` swallows the error that it was told of. */
// biome-ignore lint/suspicious/noConfusingVoidType: an exit without a return statement is the usual one
export type ExitResult = boolean | void;

/** What `tf.with` and `tf.enter` take. */
export interface ContextManager<T> {
  /** Begins; what it returns is the value that the body gets. */
  enter(): T;
  /** Ends, after an error if one is given. Returning `true` swallows the error. */
  exit(error?: unknown): ExitResult;
  /** Set where a current graph, mode or scope changes, so that the body must not be asynchronous. */
  readonly synchronousOnly?: boolean;
}

type Values<M extends readonly ContextManager<unknown>[]> = {
  [K in keyof M]: M[K] extends ContextManager<infer T> ? T : never;
};

/**
 * Python's `with a as x, b as y: ...`: enters each manager, calls the body with their values, leaves
 * them in reverse order, and returns what the body returned (`undefined` if an error was swallowed).
 * A body that returns a promise is left when that settles; where a manager changes the current
 * graph, mode or scope it is refused with a RuntimeError.
 */
export function with_<T, R>(manager: ContextManager<T>, body: (value: T) => R): R;
export function with_<M extends readonly ContextManager<unknown>[], R>(
  ...args: [...managers: M, body: (...values: Values<M>) => R]
): R;
export function with_(...args: unknown[]): unknown {
  const managers = args.slice(0, -1).map(asManager);
  const body = args.at(-1);
  if (typeof body !== 'function') {
    throw new TypeError(
      withHint(
        'tf.with() takes context managers, then a function',
        'Write tf.with(manager, (value) => { ... }).',
      ),
    );
  }
  return runInside(managers, [], (values) => Reflect.apply(body, undefined, values));
}

function asManager(value: unknown): ContextManager<unknown> {
  if (isManager(value)) return value;
  const isObject = typeof value === 'object' && value !== null;
  const meant = isObject && 'as_default' in value ? ' Did you mean its as_default()?' : '';
  const hint = `This is no context manager: it has no enter() and exit().${meant}`;
  throw new AttributeError(withHint('__enter__', hint));
}

function isManager(value: unknown): value is ContextManager<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  const has = (name: string): boolean => typeof Reflect.get(value, name) === 'function';
  return has('enter') && has('exit');
}

type Body = (values: readonly unknown[]) => unknown;

function runInside(
  managers: readonly ContextManager<unknown>[],
  values: readonly unknown[],
  body: Body,
): unknown {
  const manager = managers[values.length];
  if (!manager) return refuseLateBody(body(values), managers);
  const value = manager.enter();
  let result: unknown;
  try {
    result = runInside(managers, [...values, value], body);
  } catch (error) {
    leaveAfter(error, manager);
    return undefined;
  }
  if (isPromise(result)) return leaveLater(result, manager);
  manager.exit();
  return result;
}

/** Leaves after an error, and throws it on unless the manager swallows it. */
function leaveAfter(error: unknown, manager: ContextManager<unknown>): void {
  let swallowed: ExitResult;
  try {
    swallowed = manager.exit(error);
  } catch (raised) {
    if (raised instanceof Error && raised !== error) raised.cause ??= error;
    throw raised;
  }
  if (swallowed !== true) throw error;
}

async function leaveLater(
  result: PromiseLike<unknown>,
  manager: ContextManager<unknown>,
): Promise<unknown> {
  let value: unknown;
  try {
    value = await result;
  } catch (error) {
    leaveAfter(error, manager);
    return undefined;
  }
  manager.exit();
  return value;
}

function refuseLateBody(result: unknown, managers: readonly ContextManager<unknown>[]): unknown {
  if (!isPromise(result) || !managers.some((manager) => manager.synchronousOnly)) return result;
  // The refusal is the error to see; what the abandoned body may still throw must not end the process.
  result.then(undefined, () => {});
  throw new RuntimeError(
    withHint(
      'The body of tf.with() returned a promise, but what it enters is in force only while the body runs',
      'After its first await an async body would run in whatever graph, mode or scope is current ' +
        'then. Make the body synchronous, and await outside of it.',
    ),
  );
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}

// ---- using -------------------------------------------------------------------------------------

/** Engines without explicit resource management get the symbol that compilers of `using` fall back to. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** What `tf.enter` gives for a value that is no object: a scope's name, or nothing. */
export class Entered<T> {
  /** What the manager's `enter()` returned. */
  declare readonly value: T;
  constructor(value: T) {
    this.value = value;
  }
  valueOf(): T {
    return this.value;
  }
  toString(): string {
    return String(this.value);
  }
}

/** An object is itself the bound value; anything else is its member `value`. */
export type Bound<T> = (T extends object ? T : Entered<T>) & Disposable;

/** How to leave what was entered through this object, last entered last. */
const leavers = new WeakMap<object, (() => void)[]>();

/**
 * Enters `manager` until the end of the block: `using sess = tf.enter(new tf.Session())`. An object
 * is returned itself, made disposable; of a string or nothing (`tf.name_scope`, `tf.device`) the
 * value is `.value` of what is returned. `exit` is not told of errors, as JavaScript does not tell.
 */
export function enter<T>(manager: ContextManager<T>): Bound<T> {
  const checked = asManager(manager);
  const value = manager.enter();
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  const bound: object = isObject ? value : new Entered(value);
  try {
    attachLeaver(bound, () => checked.exit());
  } catch (error) {
    checked.exit(error);
    throw error;
  }
  return bound as Bound<T>;
}

/** The same object may be entered again before it is left: a graph within itself. */
function attachLeaver(bound: object, leave: () => void): void {
  const pending = leavers.get(bound);
  if (pending) {
    pending.push(leave);
    return;
  }
  const own = [leave];
  const value = (): void => {
    const last = own.pop();
    if (own.length === 0) {
      leavers.delete(bound);
      Reflect.deleteProperty(bound, dispose);
    }
    last?.();
  };
  Object.defineProperty(bound, dispose, { value, configurable: true });
  leavers.set(bound, own);
}

// ---- building blocks ---------------------------------------------------------------------------

/**
 * A context manager of a scope, from a function that begins it and gives its value and what ends
 * it. It can be entered again, also inside itself.
 */
export function scoped<T>(
  begin: () => readonly [value: T, end: (error?: unknown) => ExitResult],
): ContextManager<T> {
  const ends: ((error?: unknown) => ExitResult)[] = [];
  return {
    enter: () => {
      const [value, end] = begin();
      ends.push(end);
      return value;
    },
    exit: (error) => ends.pop()?.(error),
    synchronousOnly: true,
  };
}

/** A stack of defaults: graphs, sessions. The last one entered is the current one. */
export class Stack<T> {
  /** The entered ones, outermost first. */
  readonly items: T[] = [];
  /** Whether leaving must be in reverse order of entering. */
  enforce_nesting = true;
  readonly #typeName: string;

  /** `typeName` is what errors call the members: `'tensorflow.python.framework.ops.Graph'`. */
  constructor(typeName: string) {
    this.#typeName = typeName;
  }
  /** The current one, or `null`. */
  get_default(): T | null {
    return this.items.at(-1) ?? null;
  }
  /** Forgets all that are entered. */
  reset(): void {
    this.items.length = 0;
  }
  /** Whether none is entered. */
  is_cleared(): boolean {
    return this.items.length === 0;
  }
  /** Makes `item` the current one. */
  push(item: T): void {
    this.items.push(item);
  }
  /** Leaves `item`. AssertionError if it is not the current one and nesting is enforced. */
  pop(item: T): void {
    if (this.is_cleared()) return;
    const at = this.items.lastIndexOf(item);
    if (this.enforce_nesting && (at < 0 || at !== this.items.length - 1)) {
      throw new AssertionError(
        withHint(
          `Nesting violated for default stack of <class '${this.#typeName}'> objects`,
          'What was entered last must be left first.',
        ),
      );
    }
    if (at >= 0) this.items.splice(at, 1);
  }
  /** A context manager in which `item` is the current one. */
  get_controller(item: T): ContextManager<T> {
    return scoped(() => {
      this.push(item);
      return [item, () => this.pop(item)];
    });
  }
}
