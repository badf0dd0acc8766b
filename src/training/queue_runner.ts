/**
 * Queue runners: which operations fill a queue. TensorFlow runs each in a thread. Here a started
 * runner is asked by its queue, while a session runs: whenever a dequeue finds too little, the
 * runner's next enqueue operation runs first.
 */

import {
  error_code_from_exception_type,
  exception_type_from_error_code,
  type OpErrorType,
  OutOfRangeError,
  RuntimeError,
  ValueError,
} from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { QUEUE_FEEDERS, QueueFeeders } from '../core/queue_feeders.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import type { Node } from '../core/tensor.ts';
import { QueueRunnerDef } from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Operation } from '../graph/operation.ts';
import { registerProtoFunctions } from '../graph/proto_functions.ts';
import { prependNameScope, stripNameScope } from '../graph/scope_names.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import type { QueueBase } from '../ops/queue.ts';
import { get_default_session } from '../session/default_session.ts';
import { BaseSession } from '../session/session.ts';
import type { Coordinator, Thread } from './coordinator.ts';

const runnerArguments = signature(
  [
    'queue',
    'enqueue_ops',
    'close_op',
    'cancel_op',
    'queue_closed_exception_types',
    'queue_runner_def',
    'import_scope',
  ],
  (
    queue: QueueBase | null = null,
    enqueue_ops: readonly Node[] | null = null,
    close_op: Node | null = null,
    cancel_op: Node | null = null,
    queue_closed_exception_types: readonly OpErrorType[] | null = null,
    queue_runner_def: QueueRunnerDef | null = null,
    import_scope: string | null = null,
  ) => ({
    queue,
    enqueue_ops,
    close_op,
    cancel_op,
    queue_closed_exception_types,
    queue_runner_def,
    import_scope,
  }),
);
type RunnerArguments = ReturnType<typeof runnerArguments>;

const threadArguments = signature(
  ['sess', 'coord', 'daemon', 'start'],
  (
    sess: BaseSession,
    coord: Coordinator | null = null,
    _daemon: boolean = false,
    start: boolean = false,
  ) => ({ sess, coord, start }),
  { name: 'create_threads' },
);

/** The parts of a runner, and where its queue is. */
interface Parts {
  readonly queue: QueueBase | SymbolicTensor | Operation;
  /** The operation that makes the queue. */
  readonly maker: string;
  readonly enqueueOps: readonly Node[];
  readonly closeOp: Node;
  readonly cancelOp: Node;
  readonly closedTypes: readonly OpErrorType[];
}

/** Says which operations fill a queue, and which close it. */
export class QueueRunner {
  private readonly parts: Parts;
  private readonly running = new WeakMap<BaseSession, number>();
  private readonly raised: unknown[] = [];

  constructor(...args: ArgsOf<typeof runnerArguments>) {
    if (executing_eagerly()) {
      throw new RuntimeError(
        'QueueRunners are not supported when eager execution is enabled. Instead, please use tf.data to get data into your model.',
      );
    }
    const given = runnerArguments(...args);
    if (given.queue_runner_def && (given.queue || given.enqueue_ops)) {
      throw new ValueError('queue_runner_def and queue are mutually exclusive.');
    }
    this.parts = given.queue_runner_def
      ? partsOfDef(given.queue_runner_def, given.import_scope)
      : partsOf(given);
  }

  /** The runner of the default graph that `queue_runner_def` describes. */
  static from_proto(
    queue_runner_def: QueueRunnerDef,
    import_scope: string | null = null,
  ): QueueRunner {
    return new QueueRunner({ queue_runner_def, import_scope });
  }

  /** The queue. Of a runner from a meta graph, the tensor of its handle. */
  get queue(): QueueBase | SymbolicTensor | Operation {
    return this.parts.queue;
  }
  /** The operations that fill it. */
  get enqueue_ops(): readonly Node[] {
    return this.parts.enqueueOps;
  }
  /** Closes it when all is enqueued. */
  get close_op(): Node {
    return this.parts.closeOp;
  }
  /** Closes it where the program stops. */
  get cancel_op(): Node {
    return this.parts.cancelOp;
  }
  /** The errors that say that all is enqueued. */
  get queue_closed_exception_types(): readonly OpErrorType[] {
    return this.parts.closedTypes;
  }
  /** What enqueue operations raised, where no coordinator was there to be told. */
  get exceptions_raised(): readonly unknown[] {
    return this.raised;
  }
  /** The name of the queue. */
  get name(): string {
    return this.parts.queue.name;
  }

  /** The names of its parts, as a meta graph keeps them; `null` outside of `export_scope`. */
  to_proto(export_scope: string | null = null): QueueRunnerDef | null {
    if (export_scope !== null && !this.name.startsWith(export_scope)) return null;
    const strip = (name: string): string => stripNameScope(name, export_scope);
    const { enqueueOps, closeOp, cancelOp, closedTypes } = this.parts;
    return new QueueRunnerDef({
      queue_name: strip(this.name),
      enqueue_op_name: enqueueOps.map(({ name }) => strip(name)),
      close_op_name: strip(closeOp.name),
      cancel_op_name: strip(cancelOp.name),
      queue_closed_exception_types: closedTypes.map(error_code_from_exception_type),
    });
  }

  /**
   * A thread per enqueue operation for `sess`, none where they run already. With `start` they may run
   * at once; `coord` stops them, and is told of errors.
   */
  create_threads(...args: ArgsOf<typeof threadArguments>): RunnerThread[] {
    const { sess, coord, start } = threadArguments(...args);
    if ((this.running.get(sess) ?? 0) > 0) return [];
    this.running.set(sess, this.enqueue_ops.length);
    this.raised.length = 0;
    const threads = this.enqueue_ops.map(
      (operation) => new RunnerThread(this, this.parts.maker, operation, sess, coord),
    );
    coord?._onStop(() => this.runQuietly(sess, this.cancel_op));
    for (const thread of threads) {
      coord?.register_thread(thread);
      if (start) thread.start();
    }
    return threads;
  }

  /** One thread has no more to enqueue: the last one closes the queue. @internal */
  _finish(sess: BaseSession): void {
    const left = (this.running.get(sess) ?? 1) - 1;
    this.running.set(sess, left);
    if (left === 0) this.runQuietly(sess, this.close_op);
  }

  /** An enqueue operation failed: the coordinator is told, or else whoever waits for the queue. @internal */
  _fail(error: unknown, sess: BaseSession, coord: Coordinator | null): void {
    this.running.set(sess, (this.running.get(sess) ?? 1) - 1);
    if (coord === null) {
      this.raised.push(error);
      throw error;
    }
    coord.request_stop(error);
  }

  /** A queue may be closed already. */
  private runQuietly(sess: BaseSession, operation: Node): void {
    try {
      sess.run(operation);
    } catch {
      // TensorFlow's threads only log this.
    }
  }
}

/** What runs one enqueue operation again and again, whenever its queue has too little. */
export class RunnerThread implements Thread {
  /** TensorFlow's name of the thread. */
  readonly name: string;
  private readonly runner: QueueRunner;
  private readonly maker: string;
  private readonly operation: Node;
  private readonly session: BaseSession;
  private readonly coord: Coordinator | null;
  private stop: (() => void) | null = null;

  constructor(
    runner: QueueRunner,
    maker: string,
    operation: Node,
    session: BaseSession,
    coord: Coordinator | null,
  ) {
    this.name = `QueueRunnerThread-${runner.name}-${operation.name}`;
    this.runner = runner;
    this.maker = maker;
    this.operation = operation;
    this.session = session;
    this.coord = coord;
  }

  /** Lets the queue ask for more from now on. */
  start(): void {
    const feeders = this.session._kept(QUEUE_FEEDERS, () => new QueueFeeders());
    this.stop = feeders.add(this.maker, () => this.step());
    this.coord?._onStop(() => this.end());
  }

  /** Whether it was started and has not come to its end. */
  is_alive(): boolean {
    return this.stop !== null;
  }

  /** Enqueues until there is no more, or no room. */
  join(): void {
    while (this.is_alive() && this.step());
  }

  /** Enqueues once; `false` at the end. */
  private step(): boolean {
    try {
      this.session.run(this.operation);
      return true;
    } catch (error) {
      this.end();
      const isEnd = this.runner.queue_closed_exception_types.some((type) => error instanceof type);
      if (isEnd) this.runner._finish(this.session);
      else this.runner._fail(error, this.session, this.coord);
      return false;
    }
  }

  private end(): void {
    this.stop?.();
    this.stop = null;
  }
}

function partsOf(given: RunnerArguments): Parts {
  const { queue, enqueue_ops, queue_closed_exception_types: types } = given;
  if (!queue || !enqueue_ops || enqueue_ops.length === 0) {
    throw new ValueError('Must provide queue and enqueue_ops.');
  }
  if (types !== null && !(types.length > 0 && types.every(isErrorType))) {
    throw new TypeError(
      `queue_closed_exception_types, when provided, must be a tuple of tf.error types, but saw: ${String(types)}`,
    );
  }
  return {
    queue,
    maker: queue.queue_ref.op.name,
    enqueueOps: enqueue_ops,
    closeOp: given.close_op ?? queue.close(),
    cancelOp: given.cancel_op ?? queue.close({ cancel_pending_enqueues: true }),
    closedTypes: types ?? [OutOfRangeError],
  };
}

function isErrorType(type: unknown): boolean {
  try {
    return error_code_from_exception_type(type) > 0;
  } catch {
    return false;
  }
}

function partsOfDef(def: QueueRunnerDef, import_scope: string | null): Parts {
  const graph = get_default_graph();
  const inScope = (name: string): string => prependNameScope(name, import_scope);
  const operation = (name: string): Operation => graph.get_operation_by_name(inScope(name));
  const queue = graph.as_graph_element(inScope(def.queue_name)) as SymbolicTensor | Operation;
  const types = def.queue_closed_exception_types.map(exception_type_from_error_code);
  return {
    queue,
    maker: 'op' in queue ? queue.op.name : queue.name,
    enqueueOps: def.enqueue_op_name.map(operation),
    closeOp: operation(def.close_op_name),
    cancelOp: operation(def.cancel_op_name),
    closedTypes: types.length > 0 ? types : [OutOfRangeError],
  };
}

/** Adds `qr` to a collection of the default graph, for `start_queue_runners`. */
export const add_queue_runner = fn(
  ['qr', 'collection'],
  (qr: QueueRunner, collection: string = GraphKeys.QUEUE_RUNNERS): void => {
    get_default_graph().add_to_collection(collection, qr);
  },
);

/**
 * Starts the queue runners of a collection for `sess`, the default session if none is given: from now
 * on queues are filled while the session runs. Returns the threads.
 */
export const start_queue_runners = fn(
  ['sess', 'coord', 'daemon', 'start', 'collection'],
  (
    sess: BaseSession | null = null,
    coord: Coordinator | null = null,
    daemon: boolean = true,
    start: boolean = true,
    collection: string = GraphKeys.QUEUE_RUNNERS,
  ): RunnerThread[] => {
    if (executing_eagerly()) {
      throw new RuntimeError('Queues are not compatible with eager execution.');
    }
    const session = sess ?? get_default_session();
    if (session === null) {
      throw new ValueError(
        'Cannot start queue runners: No default session is registered. Use `with sess.as_default()` or pass an explicit session to tf.start_queue_runners(sess=sess)',
      );
    }
    if (!(session instanceof BaseSession)) {
      throw new TypeError(`sess must be a \`tf.Session\` object. Given class: ${typeof session}`);
    }
    const runners = session.graph.get_collection(collection) as QueueRunner[];
    return runners.flatMap((runner) => runner.create_threads(session, coord, daemon, start));
  },
);

registerProtoFunctions(GraphKeys.QUEUE_RUNNERS, {
  proto_type: QueueRunnerDef,
  to_proto: (member, scope) => (member as QueueRunner).to_proto(scope),
  from_proto: (message, scope) => QueueRunner.from_proto(message as QueueRunnerDef, scope),
});
