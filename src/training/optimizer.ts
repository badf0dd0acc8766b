/**
 * The base class of optimizers: how gradients are computed, gated and applied, how slots are kept, and
 * the names and edges of all that. A subclass says what it keeps and which op updates a variable.
 */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { bfloat16, type DType, float16, float32, float64, resource } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { colocateWith, executing_eagerly, nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import type { ShapeLike } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { type GraphHandle, type Name, Tensor, type TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Operation } from '../graph/operation.ts';
import { get_collection_ref, init_scope } from '../graph/scopes.ts';
import { pythonRepr } from '../numpy/python_text.ts';
import { shape } from '../ops/array.ts';
import { group } from '../ops/control_flow.ts';
import { AssignAddVariableOp } from '../ops/resource_variables.ts';
import { unique } from '../ops/search.ts';
import { unsorted_segment_sum } from '../ops/segment.ts';
import { AssignAdd } from '../ops/state.ts';
import type { InitializerLike } from '../variables/requests.ts';
import { ResourceVariable } from '../variables/resource_variable.ts';
import { Variable } from '../variables/variable.ts';
import {
  asGradient,
  computing,
  GATE_GRAPH,
  GATE_NONE,
  GATE_OP,
  type GradientAndVariable,
  graphGradients,
  type Loss,
  lossOf,
  tapeGradients,
  type VariableList,
  variablesOf,
} from './loss_gradients.ts';
import {
  after,
  applyGradient,
  assertOptimizable,
  doneBy,
  type Gradient,
  type Updated,
} from './optimizable.ts';
import { create_slot, create_slot_with_initializer, create_zeros_slot } from './slots.ts';

/** A number that steers an optimizer, or a function that gives it anew at each step. */
export type Hyperparameter = TensorLike | (() => TensorLike);

const minimizing = signature(
  [
    'loss',
    'global_step',
    'var_list',
    'gate_gradients',
    'aggregation_method',
    'colocate_gradients_with_ops',
    'name',
    'grad_loss',
  ],
  (
    loss: Loss,
    global_step: Variable | null = null,
    var_list: VariableList | null = null,
    gate_gradients: number = GATE_OP,
    aggregation_method: number | null = null,
    colocate_gradients_with_ops: boolean = false,
    name: Name = null,
    grad_loss: TensorLike | null = null,
  ) => ({
    loss,
    global_step,
    name,
    options: {
      var_list,
      gate_gradients,
      aggregation_method,
      colocate_gradients_with_ops,
      grad_loss,
    },
  }),
  { name: 'minimize', objects: ['var_list'] },
);

const applying = signature(
  ['grads_and_vars', 'global_step', 'name'],
  (
    grads_and_vars: Iterable<readonly [TensorLike | null, Variable]>,
    global_step: Variable | null = null,
    name: Name = null,
  ) => ({ grads_and_vars, global_step, name }),
  { name: 'apply_gradients' },
);

/** Base class of optimizers; use a subclass such as `GradientDescentOptimizer`. */
export class Optimizer {
  /** Compute and apply gradients in parallel. */
  static readonly GATE_NONE = GATE_NONE;
  /** For each operation, all its gradients are computed before any of them is used. */
  static readonly GATE_OP = GATE_OP;
  /** All gradients of all variables are computed before any of them is used. */
  static readonly GATE_GRAPH = GATE_GRAPH;

  /** Whether updates lock their variables. */
  readonly _use_locking: boolean;
  /** The name given to the constructor, for subclasses to name slots after. */
  readonly _name: string;
  /** By the name of the slot, then by the variable's key. */
  readonly _slots = new Map<string, Map<object, Variable>>();
  private readonly nonSlots = new Map<GraphHandle | null, Map<string, Variable>>();

  /** `name` names what the optimizer creates; with `use_locking` updates lock. ValueError without a name. */
  constructor(use_locking: boolean, name: string) {
    if (!name) throw new ValueError('Must specify the optimizer name');
    this._use_locking = use_locking;
    this._name = name;
  }

  get GATE_NONE(): typeof GATE_NONE {
    return GATE_NONE;
  }
  get GATE_OP(): typeof GATE_OP {
    return GATE_OP;
  }
  get GATE_GRAPH(): typeof GATE_GRAPH {
    return GATE_GRAPH;
  }

  /** The name given to the constructor. */
  get_name(): string {
    return this._name;
  }

  // ---- minimizing ----------------------------------------------------------------------------

  /**
   * An operation that takes one step towards a smaller `loss` by updating `var_list`, or all trainable
   * variables, and adds one to `global_step`. In eager mode `loss` is a function, and the step is
   * taken at once. ValueError where no variable gets a gradient.
   */
  minimize(...args: ArgsOf<typeof minimizing>): Operation {
    const { loss, global_step, name, options } = minimizing(...args);
    const pairs = this.compute_gradients(loss, options);
    if (pairs.every(([gradient]) => gradient === null)) {
      const variables = pythonRepr(pairs.map(([, variable]) => String(variable)));
      throw new ValueError(
        `No gradients provided for any variable, check your graph for ops that do not support gradients, between variables ${variables} and loss ${loss}.`,
      );
    }
    return this.apply_gradients(pairs, { global_step, name });
  }

  /**
   * The gradients of `loss`, each with its variable; `null` where the loss does not depend on it.
   * ValueError where there are no variables, or types are not `_valid_dtypes`; RuntimeError in eager
   * mode where `loss` is no function.
   */
  compute_gradients(...args: ArgsOf<typeof computing>): GradientAndVariable[] {
    const given = computing(...args);
    if (executing_eagerly()) return tapeGradients(given);
    if (![GATE_NONE, GATE_OP, GATE_GRAPH].includes(given.gate_gradients)) {
      throw new ValueError(
        `gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  Not ${given.gate_gradients}`,
      );
    }
    const loss = lossOf(given.loss);
    this.assertValidTypes([loss]);
    if (given.grad_loss instanceof Operand) this.assertValidTypes([given.grad_loss]);
    const variables = variablesOf(given.var_list);
    for (const variable of variables) assertOptimizable(variable);
    if (variables.length === 0) throw new ValueError('No variables to optimize.');
    const found = graphGradients(loss, variables, given);
    const pairs = found.map((gradient, i): GradientAndVariable => [gradient, variables[i]!]);
    this.assertValidTypes(
      pairs.flatMap(([g, v]) => (g !== null && v.dtype !== resource ? [v] : [])),
    );
    return pairs;
  }

  /**
   * An operation that applies gradients to variables, and then adds one to `global_step`. Pairs whose
   * gradient is `null` are skipped. ValueError if there are no others, TypeError for what is no gradient.
   */
  apply_gradients(...args: ArgsOf<typeof applying>): Operation {
    const { grads_and_vars, global_step, name } = applying(...args);
    const pairs = [...grads_and_vars].map(
      ([gradient, variable]): GradientAndVariable => [asGradient(gradient), variable],
    );
    if (pairs.length === 0) throw new ValueError('No variables provided.');
    for (const [, variable] of pairs) assertOptimizable(variable);
    const present = pairs.filter((pair): pair is [Gradient, Variable] => pair[0] !== null);
    if (present.length === 0) {
      const variables = pythonRepr(pairs.map(([, variable]) => String(variable)));
      throw new ValueError(`No gradients provided for any variable: ${variables}.`);
    }
    with_(init_scope(), () => this._create_slots(present.map(([, variable]) => variable)));
    return nameScope(name, this._name, (scope) => {
      this._prepare();
      const updates = present.map(([gradient, variable]) => this.update(gradient, variable));
      return asTrainOp(this.finish(updates, global_step, scope));
    });
  }

  private update(gradient: Gradient, variable: Variable): Updated {
    const label = executing_eagerly() ? 'update_' : `update_${variable.op.name}`;
    return nameScope(label, label, () =>
      colocateWith(variable, () => applyGradient(this, gradient, variable)),
    );
  }

  private finish(updates: readonly Updated[], step: Variable | null, scope: string): Updated {
    if (step === null) return this._finish(updates, scope);
    const finished = this._finish(updates, 'update');
    return after(executing_eagerly() ? [] : [finished], () =>
      colocateWith(step, () => countStep(step, scope)),
    );
  }

  // ---- slots ---------------------------------------------------------------------------------

  /** The slot `name` of `variable`; `null` if there is none. */
  get_slot(variable: Variable, name: string): Variable | null {
    return this._slots.get(name)?.get(keyOf(variable)) ?? null;
  }

  /** The names of the slots, sorted. */
  get_slot_names(): string[] {
    return [...this._slots.keys()].sort();
  }

  /** All variables that this optimizer keeps in the default graph, sorted by name. */
  variables(): Variable[] {
    const eager = executing_eagerly();
    const graph = eager ? null : get_default_graph();
    const slots = [...this._slots.values()].flatMap((named) => [...named.values()]);
    const here = slots.filter((slot) => eager || slot.graph === graph);
    const all = [...(this.nonSlots.get(graph)?.values() ?? []), ...here];
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The slots called `slot_name`, by their variables' keys. */
  _slot_dict(slot_name: string): Map<object, Variable> {
    const found = this._slots.get(slot_name);
    if (found) return found;
    const created = new Map<object, Variable>();
    this._slots.set(slot_name, created);
    return created;
  }

  private slot(variable: Variable, slot_name: string, make: () => Variable): Variable {
    const slots = this._slot_dict(slot_name);
    const key = keyOf(variable);
    const found = slots.get(key);
    if (found) return found;
    const made = make();
    slots.set(key, made);
    return made;
  }

  /** The slot `slot_name` of `variable`, which starts as `val`; `op_name` names its variable. */
  _get_or_make_slot(variable: Variable, val: Tensor, slot_name: string, op_name: string): Variable {
    return this.slot(variable, slot_name, () => create_slot(variable, val, op_name));
  }

  /** The slot `slot_name` of `variable`, which `initializer` makes. */
  _get_or_make_slot_with_initializer(
    variable: Variable,
    initializer: InitializerLike,
    slotShape: ShapeLike,
    dtype: DType,
    slot_name: string,
    op_name: string,
  ): Variable {
    return this.slot(variable, slot_name, () =>
      create_slot_with_initializer(variable, initializer, slotShape, dtype.base_dtype, op_name),
    );
  }

  /** The slot `slot_name` of `variable`, which starts as zeros. */
  _zeros_slot(variable: Variable, slot_name: string, op_name: string): Variable {
    return this.slot(variable, slot_name, () => create_zeros_slot(variable, op_name));
  }

  /** A variable of the optimizer itself, one per graph, placed with `colocate_with`. */
  _create_non_slot_variable(
    initial_value: TensorLike,
    name: string,
    colocate_with: Variable,
  ): Variable {
    const graph = executing_eagerly() ? null : get_default_graph();
    const named = this.nonSlots.get(graph) ?? new Map<string, Variable>();
    this.nonSlots.set(graph, named);
    const found = named.get(name);
    if (found) return found;
    const Kind = colocate_with instanceof ResourceVariable ? ResourceVariable : Variable;
    const created = colocateWith(
      colocate_with,
      () => new Kind(initial_value, { name, trainable: false }),
    );
    named.set(name, created);
    return created;
  }

  /** The variable of the optimizer called `name`. */
  _get_non_slot_variable(name: string): Variable {
    const graph = executing_eagerly() ? null : get_default_graph();
    const found = this.nonSlots.get(graph)?.get(name);
    if (!found) throw new ValueError(`The optimizer has no variable '${name}' in this graph.`);
    return found;
  }

  // ---- what subclasses provide ---------------------------------------------------------------

  /** The types that a loss, variables and gradients may have. */
  _valid_dtypes(): Iterable<DType> {
    return [float16, bfloat16, float32, float64];
  }

  private assertValidTypes(tensors: readonly (Operand & { dtype?: DType; name?: string })[]): void {
    const valid = [...this._valid_dtypes()];
    for (const { dtype, name } of tensors) {
      const type = dtype?.base_dtype;
      if (type && valid.includes(type)) continue;
      const list = valid.map((v) => `tf.${v.name}`).join(', ');
      throw new ValueError(`Invalid type tf.${type?.name} for ${name}, expected: [${list}].`);
    }
  }

  /** Creates the slots that `var_list` needs, outside of control dependencies. */
  _create_slots(_var_list: readonly Variable[]): void {}

  /** Creates the tensors that all updates share, in the scope of this application. */
  _prepare(): void {}

  /** Updates `variable` by a dense gradient. */
  _apply_dense(_grad: Tensor, _variable: Variable): Updated {
    throw new NotImplementedError('');
  }

  /** Updates a resource variable by a dense gradient. */
  _resource_apply_dense(_grad: Tensor, _handle: Variable): Updated {
    throw new NotImplementedError('');
  }

  /** Updates `variable` by rows, of which no two are the same. */
  _apply_sparse(_grad: IndexedSlices, _variable: Variable): Updated {
    throw new NotImplementedError('');
  }

  /** Updates a resource variable by rows, of which no two are the same. */
  _resource_apply_sparse(_grad: Tensor, _handle: Variable, _indices: Tensor): Updated {
    throw new NotImplementedError('');
  }

  /** Updates `variable` by rows that may repeat: sums those that do, then calls `_apply_sparse`. */
  _apply_sparse_duplicate_indices(grad: IndexedSlices, variable: Variable): Updated {
    const [summed, indices] = deduplicated(grad.values, grad.indices);
    return this._apply_sparse(new IndexedSlices(summed, indices, grad.dense_shape), variable);
  }

  /** Updates a resource variable by rows that may repeat. */
  _resource_apply_sparse_duplicate_indices(
    grad: Tensor,
    handle: Variable,
    indices: Tensor,
  ): Updated {
    const [summed, distinct] = deduplicated(grad, indices);
    return this._resource_apply_sparse(summed, handle, distinct);
  }

  /** The operation, called `name_scope`, that is done when all updates are. */
  _finish(update_ops: readonly Updated[], name_scope: string): Updated {
    return group(...update_ops.map(doneBy), { name: name_scope });
  }

  /** The value of a parameter that may be a function. */
  _call_if_callable(param: Hyperparameter): TensorLike {
    return typeof param === 'function' && !(param instanceof Operand)
      ? (param as () => TensorLike)()
      : (param as TensorLike);
  }
}

/** What slots of a variable are found by: its operation, or in eager mode the variable itself. */
function keyOf(variable: Variable): object {
  return executing_eagerly() ? variable : variable.op;
}

/** Adds one to `step`, by an operation called `scope`. */
function countStep(step: Variable, scope: string): Updated {
  if (!(step instanceof ResourceVariable)) {
    return AssignAdd({ ref: step._ref(), value: 1 }, { use_locking: false }, scope);
  }
  const value = toTensor(1, step.dtype);
  return AssignAddVariableOp({ resource: step.handle, value }, {}, scope);
}

/** The rows of each index, summed, and the indices, each once. */
function deduplicated(values: Tensor, indices: Tensor): [summed: Tensor, indices: Tensor] {
  const { y, idx } = unique(indices);
  return [unsorted_segment_sum(values, idx, shape(y).at(0)), y];
}

/** Remembers the operation that a training step runs. */
function asTrainOp(updated: Updated): Operation {
  if (executing_eagerly()) return null as never;
  const operation = (updated instanceof Tensor ? updated.op : updated) as Operation;
  const known = get_collection_ref(GraphKeys.TRAIN_OP);
  if (!known.includes(operation)) known.push(operation);
  return operation;
}
