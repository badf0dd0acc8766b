/** Runs made in parts: later parts feed more and fetch more, and nothing is computed twice. */

import type { RunContext } from '../backend/context.ts';
import { BackendValue, Buffer } from '../backend/value.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { execute, releaseSlots } from './execute.ts';
import type { Feed } from './feeds.ts';
import type { FetchMap } from './fetches.ts';
import { makePlan } from './plan.ts';
import type { PlanCache } from './plan_cache.ts';
import { toPlain } from './results.ts';

type Element = SymbolicTensor | Operation;

interface PartialRun {
  readonly feeds: Set<SymbolicTensor>;
  readonly fetches: Set<Element>;
  readonly fed: Set<SymbolicTensor>;
  /** What was computed or fed so far. */
  readonly values: Map<SymbolicTensor, BackendValue>;
  readonly done: Set<Operation>;
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
      values: new Map(),
      done: new Set(),
    });
    return handle;
  }

  /** Feeds more and computes `map`'s elements. InvalidArgumentError with TF1's words for misuse. */
  run(handle: string, map: FetchMap, feeds: readonly Feed[]): Map<Element, unknown> {
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
      const buffer = new Buffer(array.data.slice() as typeof array.data, null);
      run.values.set(tensor, new BackendValue(array.dtype, array.shape, buffer));
    }
    const wanted = map.elements.filter((element) =>
      element instanceof Operation ? !run.done.has(element) : !run.values.has(element),
    );
    this.compute(run, wanted);
    return new Map(
      map.elements.map((element) => [
        element,
        element instanceof Operation ? null : toPlain(run.values.get(element)!, false, null),
      ]),
    );
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
    }
  }

  /** Computes `wanted` from what is known, and keeps every value on the way for later parts. */
  private compute(run: PartialRun, wanted: readonly Element[]): void {
    if (wanted.length === 0) return;
    const known = [...run.values.keys()];
    const outline = makePlan(this.graph, wanted, known, this.plans);
    const operations = new Set(outline.steps.map((step) => step.operation));
    const produced = [...operations]
      .flatMap((operation) => operation.outputs)
      .filter((t) => !run.values.has(t) && !t.dtype._is_ref_dtype);
    const fetches = [...new Set<Element>([...wanted, ...produced])];
    const plan = makePlan(this.graph, fetches, known, this.plans);
    const inputs = known.map((tensor) =>
      run.values.get(tensor)!.view(run.values.get(tensor)!.shape),
    );
    const slots = execute(plan, inputs, this.context, null);
    fetches.forEach((element, i) => {
      if (element instanceof Operation) return;
      const value = slots[plan.fetches[i]!]!;
      run.values.set(element, value.view(value.shape));
    });
    for (const operation of operations) run.done.add(operation);
    releaseSlots(plan, slots);
  }

  /** Frees what all open runs hold. */
  clear(): void {
    for (const { values } of this.runs.values())
      for (const value of values.values()) value.release();
    this.runs.clear();
  }
}
