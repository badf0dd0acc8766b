/**
 * Sessions run parts of a graph: fetches and feeds become a plan, the plan is executed, and what was
 * fetched comes back as plain data. Variables and all other state live here, not in the graph.
 */

import { heap } from '../backend/backend.ts';
import { RunContext } from '../backend/context.ts';
import { SmallPool } from '../backend/small_pool.ts';
import { RunScope, SessionState } from '../backend/state.ts';
import type { BackendValue } from '../backend/value.ts';
import type { ContextManager } from '../core/context.ts';
import { InvalidArgumentError, RuntimeError } from '../core/errors.ts';
import { type ArgsOf, isPlainObject, signature } from '../core/signature.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import type { NdArray } from '../numpy/index.ts';
import { type ConfigProto, type RunMetadata, RunOptions } from './config.ts';
import { popSession, pushSession } from './default_session.ts';
import { type Device, devices } from './devices.ts';
import { execute, releaseSlots } from './execute.ts';
import { Explanation } from './explain.ts';
import {
  type Entry,
  entriesOf,
  type FeedDict,
  type FeedKey,
  type FeedValue,
  fedArray,
  feedArray,
  feedTensor,
  feedValue,
  readFeeds,
} from './feeds.ts';
import { type FetchResult, mapFetches } from './fetches.ts';
import { FunctionPlans } from './functions.ts';
import { PartialRuns } from './partial_run.ts';
import type { Plan } from './plan.ts';
import { PlanCache } from './plan_cache.ts';
import { type Request, Requests } from './requests.ts';
import { toPlain } from './results.ts';
import { Tiers } from './specialised/tiers.ts';
import { bytesOf, Trace } from './trace.ts';
import type { Observer } from './walk.ts';

/** The keywords of `run`. */
export interface RunKeywords {
  readonly feed_dict?: FeedDict | null;
  readonly options?: RunOptions | null;
  readonly run_metadata?: RunMetadata | null;
}

const runArguments = signature(
  ['fetches', 'feed_dict', 'options', 'run_metadata'],
  (
    fetches: unknown,
    feed_dict: FeedDict | null = null,
    options: RunOptions | null = null,
    run_metadata: RunMetadata | null = null,
  ) => ({ fetches, feed_dict, options, run_metadata }),
  { name: 'run', objects: ['fetches', 'feed_dict'] },
);

/** The keywords of `make_callable`. */
export interface CallableKeywords {
  readonly feed_list?: readonly FeedKey[] | null;
  readonly accept_options?: boolean;
}

const callableArguments = signature(
  ['fetches', 'feed_list', 'accept_options'],
  (
    fetches: unknown,
    feed_list: readonly FeedKey[] | null = null,
    accept_options: boolean = false,
  ) => ({ fetches, feed_list, accept_options }),
  { name: 'make_callable', objects: ['fetches'] },
);

const explainArguments = signature(
  ['fetches', 'feed_dict'],
  (fetches: unknown, feed_dict: FeedDict | null = null) => ({ fetches, feed_dict }),
  { name: 'explain', objects: ['fetches', 'feed_dict'] },
);

const partialArguments = signature(
  ['fetches', 'feeds'],
  (fetches: unknown, feeds: readonly FeedKey[] | null = null) => ({ fetches, feeds }),
  { name: 'partial_run_setup', objects: ['fetches'] },
);

const sessionArguments = signature(
  ['target', 'graph', 'config'],
  (target: string = '', graph: Graph | null = null, config: ConfigProto | null = null) => ({
    target,
    graph,
    config,
  }),
  { name: '__init__' },
);
type SessionArguments = Parameters<typeof sessionArguments>;

/** What all sessions do. */
export class BaseSession {
  /** The graph that this session runs. */
  readonly graph: Graph;
  readonly sess_str: string;
  private readonly config: ConfigProto | null;
  private readonly state = new SessionState();
  private readonly context: RunContext;
  private readonly plans: PlanCache;
  private readonly requests = new Requests();
  private readonly functions: FunctionPlans;
  private readonly partials: PartialRuns;
  /** `null` where runs stay general: without a wasm heap, or if the configuration says so. */
  private readonly tiers: Tiers | null;
  private isClosed = false;

  constructor(...args: SessionArguments) {
    const { target, graph, config } = sessionArguments(...args);
    this.graph = graph ?? get_default_graph();
    this.sess_str = target;
    this.config = config;
    this.context = new RunContext(this.state, heap, new SmallPool());
    this.plans = new PlanCache(this.graph, this.context, config);
    this.functions = new FunctionPlans(this.graph, config);
    this.context.useFunctions(this.functions);
    this.partials = new PartialRuns(this.graph, this.plans, this.context);
    const { specialiser } = this.plans;
    this.tiers = specialiser && new Tiers(specialiser);
    abandoned.register(this, this.state);
  }

  /**
   * Runs what `fetches` need and returns their values in the same structure: an array, or a number,
   * boolean or string where a tensor has no axes, and `null` for an operation. `feed_dict` replaces
   * tensors by values. RuntimeError after `close`; errors of the run carry the operation that failed.
   */
  run<const F>(keywords: RunKeywords & { readonly fetches: F }): FetchResult<F>;
  run<const F>(
    fetches: F,
    feed_dict?: FeedDict | null,
    options?: RunOptions | null,
    run_metadata?: RunMetadata | null,
  ): FetchResult<F>;
  run<const F>(fetches: F, keywords: RunKeywords): FetchResult<F>;
  run(...args: unknown[]): unknown {
    const known = this.requests.ofCall(args);
    if (known) return this.again(known.request, known.entries);
    const call = runArguments(...(args as Parameters<typeof runArguments>));
    this.checkUsable();
    const map = mapFetches(this.graph, call.fetches);
    const feeds = readFeeds(this.graph, call.feed_dict);
    const tensors = feeds.map((feed) => feed.tensor);
    const request = { map, tensors, plan: null, revision: -1 };
    this.requests.add(call.fetches, entriesOf(call.feed_dict), request);
    const arrays = feeds.map((feed) => feed.array);
    return this.answer(request, arrays, call.options, call.run_metadata);
  }

  /** The same run for backends that cannot read back at once; a promise of what `run` returns. */
  async run_async<const F>(
    fetches: F,
    keywords?: RunKeywords | FeedDict | null,
  ): Promise<FetchResult<F>> {
    return this.run(fetches, keywords as RunKeywords);
  }

  /**
   * A function that runs `fetches` with the values for `feed_list` as its arguments; a run that is
   * read and planned once. With `accept_options` a last argument may be `{ options, run_metadata }`.
   */
  make_callable<const F>(
    fetches: F,
    feed_list?: readonly FeedKey[] | null | CallableKeywords,
    accept_options?: boolean,
  ): (...values: FeedValue[]) => FetchResult<F>;
  make_callable(...args: unknown[]): unknown {
    const call = callableArguments(...(args as ArgsOf<typeof callableArguments>));
    this.checkUsable();
    if (call.feed_list !== null && !Array.isArray(call.feed_list)) {
      throw new TypeError('`feed_list` must be a list or tuple.');
    }
    const map = mapFetches(this.graph, call.fetches);
    const tensors = (call.feed_list ?? []).map((key) => feedTensor(this.graph, key));
    const request = { map, tensors, plan: null, revision: -1 };
    return (...given: unknown[]): unknown => {
      this.checkUsable();
      const last = given.at(-1);
      const traced = call.accept_options && isPlainObject(last);
      const { options = null, run_metadata = null } = (traced ? last : {}) as RunKeywords;
      const values = traced ? given.slice(0, -1) : given;
      if (values.length !== tensors.length) {
        throw new TypeError(
          `callable takes ${tensors.length} positional arguments but ${values.length} were given`,
        );
      }
      const arrays = tensors.map((tensor, i) => feedArray(this.graph, tensor, values[i]));
      return this.answer(request, arrays, options, run_metadata);
    };
  }

  /** Answers a request that was made before, with other numbers. */
  private again(request: Request, entries: readonly Entry[]): unknown {
    this.checkUsable();
    const arrays = new Array<NdArray>(entries.length);
    for (let i = 0; i < entries.length; i++) {
      arrays[i] = fedArray(this.graph, request.tensors[i]!, entries[i]![1]);
    }
    return this.answer(request, arrays, null, null);
  }

  /** What `request` asks for, with `arrays` as its feeds. */
  private answer(
    request: Request,
    arrays: readonly NdArray[],
    options: RunOptions | null,
    metadata: RunMetadata | null,
  ): unknown {
    if (request.plan === null || request.revision !== this.graph._revision) {
      request.plan = this.plans.get(request.map.elements, request.tensors);
      request.revision = this.graph._revision;
    }
    return request.map.assemble(this.compute(request.plan, arrays, options, metadata));
  }

  private compute(
    plan: Plan,
    arrays: readonly NdArray[],
    options: RunOptions | null,
    metadata: RunMetadata | null,
  ): readonly unknown[] {
    if (metadata !== null && (options?.trace_level ?? 0) > RunOptions.NO_TRACE) {
      return this.traced(plan, arrays, metadata);
    }
    const specialised = this.tiers?.find(plan, arrays);
    if (specialised) {
      const results = this.within(() => specialised.run(arrays));
      if (results) return results;
    }
    const slots = this.execute(plan, arrays.map(feedValue), this.tiers?.observe(plan, arrays));
    return this.results(plan, slots);
  }

  private traced(
    plan: Plan,
    arrays: readonly NdArray[],
    metadata: RunMetadata,
  ): readonly unknown[] {
    const inputs = arrays.map(feedValue);
    const trace = new Trace(metadata, plan, inputs);
    const slots = this.execute(plan, inputs, trace);
    trace.finish();
    const fetched = plan.fetches.map((slot) => (slot < 0 ? null : slots[slot]!));
    metadata.host_transfers.from_device_bytes = bytesOf(fetched);
    return this.results(plan, slots);
  }

  /** What was fetched, as plain data. */
  private results(plan: Plan, slots: ReturnType<typeof execute>): readonly unknown[] {
    try {
      return plan.fetches.map((slot, i) => {
        if (slot < 0) return null;
        const value = slots[slot];
        if (value) return toPlain(value, true, plan.site);
        throw new InvalidArgumentError(null, null, `Retval[${i}] does not have value`);
      });
    } finally {
      releaseSlots(plan, slots);
    }
  }

  private execute(
    plan: Plan,
    inputs: readonly BackendValue[],
    observer: Observer | null = null,
  ): ReturnType<typeof execute> {
    return this.within(() => execute(plan, inputs, this.context, observer));
  }

  /** Runs `body`; what lives as long as a run is freed at its end. */
  private within<R>(body: () => R): R {
    const scope = new RunScope();
    try {
      return this.context.within(scope, body);
    } finally {
      scope.release();
    }
  }

  /** Declares the feeds and fetches of a run that is made in parts; returns its handle. */
  partial_run_setup(...args: ArgsOf<typeof partialArguments>): string {
    const { fetches, feeds } = partialArguments(...args);
    this.checkUsable();
    return this.partials.setup(
      mapFetches(this.graph, fetches),
      (feeds ?? []).map((key) => feedTensor(this.graph, key)),
    );
  }

  /** Continues the run `handle` with more feeds, and returns more fetches. Each may be given once. */
  partial_run<const F>(
    handle: string,
    fetches: F,
    feed_dict: FeedDict | { feed_dict: FeedDict } | null = null,
  ): FetchResult<F> {
    this.checkUsable();
    const dict =
      isPlainObject(feed_dict) && 'feed_dict' in feed_dict ? feed_dict.feed_dict : feed_dict;
    const map = mapFetches(this.graph, fetches);
    const values = this.partials.run(handle, map, readFeeds(this.graph, dict as FeedDict | null));
    return map.assemble(values) as FetchResult<F>;
  }

  /**
   * What `run` does for these fetches and feeds: which steps, in which order, what is left out, known
   * ahead, fused or specialised, and why something is not. It runs nothing: a run is specialised when
   * it has run twice with feeds of the same shapes.
   */
  explain(...args: ArgsOf<typeof explainArguments>): Explanation {
    const { fetches, feed_dict } = explainArguments(...args);
    this.checkUsable();
    const feeds = readFeeds(this.graph, feed_dict);
    const plan = this._plan(fetches, feed_dict);
    const arrays = feeds.map((feed) => feed.array);
    const form = this.tiers?.peek(plan, arrays) ?? null;
    const why = this.tiers
      ? 'it has not run three times with feeds of these shapes'
      : 'runs of this session stay general';
    return new Explanation(this.graph, plan, form?.program.report ?? null, form ? null : why);
  }

  /** The plan of a run, as data. @internal */
  _plan(fetches: unknown, feeds: FeedDict | null = null): Plan {
    const { elements } = mapFetches(this.graph, fetches);
    return this.plans.get(
      elements,
      readFeeds(this.graph, feeds).map((feed) => feed.tensor),
    );
  }

  /** What this session keeps under `name`, made at first use. @internal */
  _kept<T extends object>(name: string, make: () => T): T {
    return this.state.resource('', name, make);
  }

  /** The devices that this session can use. */
  list_devices(): Device[] {
    return devices(this.config);
  }

  get graph_def(): ReturnType<Graph['as_graph_def']> {
    return this.graph.as_graph_def(null, false);
  }

  /** A context manager that makes this the default session; it stays open afterwards. */
  as_default(): ContextManager<this> {
    return {
      enter: () => {
        pushSession(this);
        return this;
      },
      exit: () => popSession(this),
      synchronousOnly: true,
    };
  }

  /** Frees all that the session holds. Later runs are a RuntimeError. */
  close(): void {
    this.isClosed = true;
    this.partials.clear();
    this.requests.clear();
    this.tiers?.clear();
    this.plans.clear();
    this.functions.clear();
    this.state.clear();
  }

  private checkUsable(): void {
    if (this.isClosed) throw new RuntimeError('Attempted to use a closed Session.');
    if (this.graph.version === 0) {
      throw new RuntimeError(
        'The Session graph is empty.  Add operations to the graph before calling run().',
      );
    }
  }
}

/** Sessions that were never closed give their memory back when they are collected. */
const abandoned = new FinalizationRegistry<SessionState>((state) => state.clear());

/** A session; `with` makes it and its graph the default ones and closes it at the end. */
export class Session extends BaseSession {
  private entered: ContextManager<unknown>[] | null = null;

  /** Makes this session and its graph the default ones. RuntimeError if it is entered already. */
  enter(): this {
    if (this.entered) {
      throw new RuntimeError(
        'Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a session multiple times.',
      );
    }
    this.entered = [this.graph.as_default(), this.as_default()];
    for (const manager of this.entered) manager.enter();
    return this;
  }

  /** Leaves what `enter` entered, and closes the session. */
  exit(error?: unknown): void {
    const entered = this.entered ?? [];
    this.entered = null;
    for (const manager of [...entered].reverse()) manager.exit(error);
    this.close();
  }

  [Symbol.dispose](): void {
    this.exit();
  }
}

let interactive = 0;

/** A session that makes itself the default one, for shells and notebooks. */
export class InteractiveSession extends BaseSession {
  private readonly installed: ContextManager<unknown>[];

  constructor(...args: SessionArguments) {
    super(...args);
    if (interactive > 0) {
      console.warn(
        'An interactive session is already active. This can cause out-of-memory errors in some cases. You must explicitly call `InteractiveSession.close()` to release resources held by the other session(s).',
      );
    }
    interactive++;
    const given = sessionArguments(...args).graph !== null;
    this.installed = given ? [this.graph.as_default(), this.as_default()] : [this.as_default()];
    for (const manager of this.installed) manager.enter();
  }

  override close(): void {
    super.close();
    for (const manager of [...this.installed].reverse()) manager.exit();
    if (this.installed.length > 0) interactive--;
    this.installed.length = 0;
  }
}
