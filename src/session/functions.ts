/** Calls of a graph's functions: a plan of the body, run with the call's values as feeds. */

import type { FunctionCaller, RunContext } from '../backend/context.ts';
import type { BackendValue } from '../backend/value.ts';
import { NotFoundError } from '../core/errors.ts';
import { findFunction, type GraphFunction } from '../graph/function_graph.ts';
import type { Graph } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { ConfigProto } from './config.ts';
import { execute, releaseSlots } from './execute.ts';
import type { Plan } from './plan.ts';
import { PlanCache } from './plan_cache.ts';

interface Planned {
  readonly plan: Plan;
  readonly plans: PlanCache;
  readonly outputs: number;
}

/** The functions that a session calls. */
export class FunctionPlans implements FunctionCaller {
  private readonly graph: Graph;
  private readonly config: ConfigProto | null;
  private readonly planned = new Map<GraphFunction, Planned>();

  constructor(graph: Graph, config: ConfigProto | null) {
    this.graph = graph;
    this.config = config;
  }

  call(name: string, inputs: readonly BackendValue[], context: RunContext): BackendValue[] {
    const f = findFunction(this.graph, name);
    if (!f) throw new NotFoundError(null, null, `Function ${name} is not defined.`);
    const { plan, outputs } = this.planOf(f, context);
    const feeds = inputs.map((value) => value.view(value.shape));
    const slots = execute(plan, feeds, context, null);
    const results = plan.fetches.slice(0, outputs).map((slot) => {
      const value = slots[slot]!;
      return value.view(value.shape);
    });
    releaseSlots(plan, slots);
    return results;
  }

  /** Forgets all plans and frees their constants. */
  clear(): void {
    for (const { plans } of this.planned.values()) plans.clear();
    this.planned.clear();
  }

  private planOf(f: GraphFunction, context: RunContext): Planned {
    const known = this.planned.get(f);
    if (known) return known;
    const plans = new PlanCache(f.graph, context, this.config);
    const effects = f.graph._operations.filter(hasEffect);
    const plan = plans.get([...f.outputs, ...effects], f.inputs);
    const made = { plan, plans, outputs: f.outputs.length };
    this.planned.set(f, made);
    return made;
  }
}

/** Whether an operation runs although no output needs it. */
function hasEffect({ declaration, outputs }: Operation): boolean {
  return declaration.stateful === true && (outputs.length === 0 || declaration.inputs.length > 0);
}
