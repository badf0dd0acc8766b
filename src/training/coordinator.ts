/**
 * `tf.train.Coordinator`: says when the threads of a program shall stop, and raises at the end what
 * stopped them. Here the threads are those that fill queues, which only run while a session runs.
 */

import type { ContextManager } from '../core/context.ts';
import { type OpErrorType, OutOfRangeError, RuntimeError } from '../core/errors.ts';
import { type ArgsOf, signature } from '../core/signature.ts';

/** What a coordinator knows of a thread. */
export interface Thread {
  readonly name: string;
  is_alive(): boolean;
  /** Goes on until there is nothing left to do. */
  join?(): void;
}

type ErrorType = OpErrorType | (new (...args: never[]) => Error);

const coordinatorArguments = signature(
  ['clean_stop_exception_types'],
  (clean_stop_exception_types: readonly ErrorType[] | null = null) =>
    clean_stop_exception_types ?? [OutOfRangeError],
);
const stopArguments = signature(['ex'], (ex: unknown = null) => ex, { name: 'request_stop' });
const waitArguments = signature(['timeout'], (timeout: number | null = null) => timeout, {
  name: 'wait_for_stop',
});
const joinArguments = signature(
  ['threads', 'stop_grace_period_secs', 'ignore_live_threads'],
  (
    threads: readonly Thread[] | null = null,
    _stop_grace_period_secs: number = 120,
    ignore_live_threads: boolean = false,
  ) => ({ threads, ignore_live_threads }),
  { name: 'join' },
);

/** Stops threads together. Errors of `clean_stop_exception_types` (OutOfRangeError) are an end, not a failure. */
export class Coordinator {
  private readonly cleanTypes: readonly ErrorType[];
  private readonly threads = new Set<Thread>();
  private readonly listeners: (() => void)[] = [];
  private stopped = false;
  private hasJoined = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(...args: ArgsOf<typeof coordinatorArguments>) {
    this.cleanTypes = coordinatorArguments(...args);
  }

  /** Whether `join` was called since the last `clear_stop`. */
  get joined(): boolean {
    return this.hasJoined;
  }

  /** Asks the threads to stop; `join` raises `ex`, if it is given and no clean end. */
  request_stop(...args: ArgsOf<typeof stopArguments>): void {
    const ex = stopArguments(...args);
    const isFailure = ex !== null && !this.cleanTypes.some((type) => ex instanceof type);
    if (this.hasJoined && isFailure) throw ex;
    if (this.stopped) return;
    if (isFailure) this.failure = { error: ex };
    this.stopped = true;
    for (const listener of this.listeners.splice(0)) listener();
  }

  /** Calls `listener` once, when the threads are asked to stop. @internal */
  _onStop(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Forgets that a stop was asked for. */
  clear_stop(): void {
    this.hasJoined = false;
    this.failure = null;
    this.stopped = false;
  }

  /** Whether a stop was asked for. */
  should_stop(): boolean {
    return this.stopped;
  }

  /** A context manager that asks for a stop with what its body raises, and swallows it. */
  stop_on_exception(): ContextManager<null> {
    return {
      enter: () => null,
      exit: (error) => {
        if (error === undefined) return;
        this.request_stop(error);
        return true;
      },
    };
  }

  /** Whether a stop was asked for: nothing else runs that could ask for one while this waits. */
  wait_for_stop(...args: ArgsOf<typeof waitArguments>): boolean {
    waitArguments(...args);
    return this.stopped;
  }

  /** Lets `join` wait for `thread`. */
  register_thread(thread: Thread): void {
    this.threads.add(thread);
  }

  /**
   * Ends the registered threads and `threads`: without a stop each goes on until it has nothing left
   * to do. Raises the error that a stop was asked for with; RuntimeError where threads are left.
   */
  join(...args: ArgsOf<typeof joinArguments>): void {
    const { threads, ignore_live_threads } = joinArguments(...args);
    const all = [...new Set([...this.threads, ...(threads ?? [])])];
    for (const thread of all) {
      if (!this.stopped && thread.is_alive()) thread.join?.();
    }
    this.hasJoined = true;
    this.threads.clear();
    if (this.failure) throw this.failure.error;
    const left = all.filter((thread) => thread.is_alive());
    if (left.length > 0 && !ignore_live_threads) {
      throw new RuntimeError(
        `Coordinator stopped with threads still running: ${left.map(({ name }) => name).join(' ')}`,
      );
    }
  }

  /** Raises the error that a stop was asked for with, if there is one. */
  raise_requested_exception(): void {
    if (this.failure) throw this.failure.error;
  }
}
