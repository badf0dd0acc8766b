/** Plans by what is fetched and fed, for one session. Graphs only grow, so plans stay right until an edge is replaced. */

import { heap } from '../backend/backend.ts';
import type { RunContext } from '../backend/context.ts';
import { kernelOf } from '../backend/registry.ts';
import type { BackendValue } from '../backend/value.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import type { Kernel, Releasable } from '../core/kernels.ts';
import { byName } from '../core/op.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { environmentVariable } from '../platform/environment.ts';
import { type ConfigProto, OptimizerOptions } from './config.ts';
import { readKernel } from './execute.ts';
import { passesOf } from './passes/switches.ts';
import { checkPlacement } from './placement.ts';
import { makePlan, type Plan, type PlanParts } from './plan.ts';
import type { Specialiser } from './specialised/program.ts';

/** More plans than this drop the oldest. */
const MAX_PLANS = 256;

/** The plans of one session. */
export class PlanCache implements PlanParts {
  readonly readKernel = readKernel;
  readonly specialiser: Specialiser | null;
  private readonly graph: Graph;
  private readonly context: RunContext;
  private readonly config: ConfigProto | null;
  /** The state of the graph's edges that the plans were made for. */
  private revision = -1;
  private readonly plans = new Map<string, Plan>();
  private readonly constants = new Map<Operation, BackendValue>();
  /** What was made for the plans, and has memory of its own. */
  private readonly forms: Releasable[] = [];

  constructor(graph: Graph, context: RunContext, config: ConfigProto | null) {
    this.graph = graph;
    this.context = context;
    this.config = config;
    this.specialiser =
      context.heap === null || staysGeneral(config)
        ? null
        : {
            heap: context.heap,
            context,
            readKernel,
            passes: passesOf(config),
            keep: (form) => this.forms.push(form),
          };
  }

  /** The plan for `fetches` with `feeds` given. */
  get(fetches: readonly (SymbolicTensor | Operation)[], feeds: readonly SymbolicTensor[]): Plan {
    if (this.graph._revision !== this.revision) {
      this.plans.clear();
      this.revision = this.graph._revision;
    }
    const key = `${fetches.map(keyOf).join()}|${feeds.map(keyOf).join()}`;
    const known = this.plans.get(key);
    if (known) return known;
    const made = makePlan(this.graph, fetches, feeds, this);
    if (this.plans.size >= MAX_PLANS) this.plans.delete(this.plans.keys().next().value!);
    this.plans.set(key, made);
    return made;
  }

  /** Forgets all plans and frees their constants. */
  clear(): void {
    this.plans.clear();
    for (const form of this.forms.splice(0)) form.release();
    for (const value of this.constants.values()) value.release();
    this.constants.clear();
  }

  kernelOf(operation: Operation): Kernel {
    checkPlacement(operation, this.config);
    const kernel = kernelOf(operation.type, this.context.heap ?? heap);
    if (kernel) return kernel;
    if (this.graph._functions.has(operation.type)) {
      return (inputs, _attrs, context) => context.callFunction(operation.type, inputs);
    }
    throw new InvalidArgumentError(
      operation,
      operation,
      `No OpKernel was registered to support Op '${operation.type}' with these attrs.`,
    );
  }

  constantOf(operation: Operation): BackendValue | null {
    const { declaration, attrs } = operation;
    if (!declaration.constant || operation.inputs.length > 0) return null;
    const known = this.constants.get(operation);
    if (known) return known;
    const literal = declaration.constant(byName(declaration.inputs, attrs, []), attrs);
    if (!literal) return null;
    const value = this.context.constant(literal);
    this.constants.set(operation, value);
    return value;
  }
}

/** Whether runs are not specialised: the configuration says so, or the environment, for all sessions. */
function staysGeneral(config: ConfigProto | null): boolean {
  const jit = config?.graph_options.optimizer_options.global_jit_level;
  return jit === OptimizerOptions.OFF || environmentVariable('TF1_GENERAL_RUNS') === '1';
}

function keyOf(element: SymbolicTensor | Operation): string {
  return element instanceof Operation
    ? `^${element._id}`
    : `${element.op._id}:${element.value_index}`;
}
