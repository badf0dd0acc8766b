/** Runs made in parts: later parts feed more and fetch more, and nothing is computed twice. */

import type { RunContext } from '../backend/context.ts';
import { RunScope } from '../backend/state.ts';
import type { BackendValue } from '../backend/value.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { NdArray } from '../numpy/index.ts';
import { execute, releaseSlots } from './execute.ts';
import { type Feed, feedValue } from './feeds.ts';
import type { FetchMap } from './fetches.ts';
import { makePlan, type Plan } from './plan.ts';
import type { PlanCache } from './plan_cache.ts';
import { toPlain } from './results.ts';

type Element = SymbolicTensor | Operation;

interface PartialRun {
  readonly feeds: ReadonlySet<SymbolicTensor>;
  readonly fetches: ReadonlySet<Element>;
  readonly fed: Set<SymbolicTensor>;
  readonly fetched: Set<Element>;
  /** What was computed or fed so far. */
  readonly values: Map<SymbolicTensor, BackendValue>;
  /** The operations that ran. */
  readonly done: Set<Operation>;
  /** Tensor arrays and stacks of this run. */
  readonly scope: RunScope;
}

/** The partial runs of one session. */
export class PartialRuns {
  private readonly graph: Graph;
  private readonly plans: PlanCache;
  private readonly context: RunContext;
  private readonly runs = new Map<string, PartialRun>();
  private count = 0;

  constructor(graph: Graph, plans: PlanCache, context: RunContext) {
    this.graph = graph;
    this.plans = plans;
    this.context = context;
  }

  /** Opens a run that may fetch and feed what is given here. */
  setup({ elements }: FetchMap, feeds: readonly SymbolicTensor[]): string {
    const names = [...elements, ...feeds].map((element) => element.name).join(',');
    const handle = `${names};${this.count++}`;
    this.runs.set(handle, {
      feeds: new Set(feeds),
      fetches: new Set(elements),
      fed: new Set(),
      fetched: new Set(),
      values: new Map(),
      done: new Set(),
      scope: new RunScope(),
    });
    return handle;
  }

  /** Feeds more and computes `map`'s elements. InvalidArgumentError with TF1's words for misuse. */
  run(handle: string, map: FetchMap, feeds: readonly Feed[]): unknown[] {
    const run = this.runs.get(handle);
    if (!run)
      throw new InvalidArgumentError(
        null,
        null,
        "Must run 'setup' before performing partial runs!",
      );
    this.check(run, map, feeds);
    for (const { tensor, array } of feeds) {
      run.fed.add(tensor);
      const own = new NdArray(array.dtype, array.shape, array.data.slice() as typeof array.data);
      run.values.set(tensor, feedValue(own));
    }
    const wanted = map.elements.filter((element) =>
      element instanceof Operation ? !run.done.has(element) : !run.values.has(element),
    );
    this.compute(run, wanted);
    const results = map.elements.map((element) =>
      element instanceof Operation ? null : toPlain(run.values.get(element)!, false, null),
    );
    for (const element of map.elements) run.fetched.add(element);
    if (run.fed.size === run.feeds.size && run.fetched.size === run.fetches.size) {
      this.runs.delete(handle);
      release(run);
    }
    return results;
  }

  private check(run: PartialRun, { elements }: FetchMap, feeds: readonly Feed[]): void {
    const refuse = (text: string): never => {
      throw new InvalidArgumentError(null, null, text);
    };
    for (const { tensor } of feeds) {
      if (!run.feeds.has(tensor))
        refuse(`The feed ${tensor.name} was not specified in partial_run_setup.`);
      if (run.fed.has(tensor)) refuse(`The feed ${tensor.name} has already been fed.`);
    }
    for (const element of elements) {
      if (!run.fetches.has(element))
        refuse(`The fetch ${element.name} was not specified in partial_run_setup.`);
      if (run.fetched.has(element)) refuse(`The fetch ${element.name} has already been fetched.`);
    }
  }

  /** Computes `wanted` from what is known, and keeps every value on the way for later parts. */
  private compute(run: PartialRun, wanted: readonly Element[]): void {
    if (wanted.length === 0) return;
    const known = [...run.values.keys()];
    const outline = makePlan(this.graph, wanted, known, this.plans, run.done);
    this.checkFed(run, outline, wanted);
    const operations = new Set(outline.steps.map((step) => step.operation));
    const produced = [...operations]
      .flatMap((operation) => operation.outputs)
      .filter((t) => !run.values.has(t) && !t.dtype._is_ref_dtype);
    const fetches = [...new Set<Element>([...wanted, ...produced])];
    const plan = makePlan(this.graph, fetches, known, this.plans, run.done);
    const inputs = known.map((tensor) =>
      run.values.get(tensor)!.view(run.values.get(tensor)!.shape),
    );
    const slots = this.context.within(run.scope, () => execute(plan, inputs, this.context, null));
    fetches.forEach((element, i) => {
      if (element instanceof Operation) return;
      const value = slots[plan.fetches[i]!]!;
      run.values.set(element, value.view(value.shape));
    });
    for (const operation of operations) if (!makesReference(operation)) run.done.add(operation);
    releaseSlots(plan, slots);
  }

  /** InvalidArgumentError where something that is still to be fed is needed. */
  private checkFed(run: PartialRun, { steps }: Plan, wanted: readonly Element[]): void {
    const needed = new Set(steps.map((step) => step.operation));
    const missing = [...run.feeds].some((feed) => !run.fed.has(feed) && needed.has(feed.op));
    if (!missing) return;
    const [first] = wanted;
    const text = `Fetch ${first!.name} can't be computed from the feeds that have been fed so far.`;
    throw new InvalidArgumentError(null, null, text);
  }

  /** Frees what all open runs hold. */
  clear(): void {
    for (const run of this.runs.values()) release(run);
    this.runs.clear();
  }
}

/** Whether `operation` is a variable, whose reference costs nothing to make again. */
function makesReference({ declaration }: Operation): boolean {
  return declaration.outputs.some((arg) => arg.isRef) && declaration.inputs.length === 0;
}

function release({ values, scope }: PartialRun): void {
  for (const value of values.values()) value.release();
  scope.release();
}
