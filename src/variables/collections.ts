/** The variables of a graph, by collection, and the operations that give them their first values. */

import { string } from '../core/dtype.ts';
import { colocateWith, executing_eagerly, nameScope, onDevice } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import type { Name, Node, Tensor } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { logical_not } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { group, no_op } from '../ops/control_flow.ts';
import { stack } from '../ops/join.ts';
import { boolean_mask } from '../ops/masks.ts';
import { Rank } from '../ops/shape.ts';
import { IsVariableInitialized } from '../ops/state.ts';
import { Variable } from './variable.ts';

type Scope = string | null;

function collection(key: string, scope: Scope): Variable[] {
  return get_default_graph().get_collection(key, scope) as Variable[];
}

/** The variables that sessions share; all but local ones. `scope` filters by how names begin. */
export const global_variables = fn(['scope'], (scope: Scope = null): Variable[] =>
  collection(GraphKeys.GLOBAL_VARIABLES, scope),
);

/** `global_variables`, by its older name. */
export const all_variables = fn([], (): Variable[] => global_variables());

/** The variables that are counters and the like, and no part of a model. */
export const local_variables = fn(['scope'], (scope: Scope = null): Variable[] =>
  collection(GraphKeys.LOCAL_VARIABLES, scope),
);

/** The variables that a model uses for inference. */
export const model_variables = fn(['scope'], (scope: Scope = null): Variable[] =>
  collection(GraphKeys.MODEL_VARIABLES, scope),
);

/** The variables that optimizers change. */
export const trainable_variables = fn(['scope'], (scope: Scope = null): Variable[] =>
  collection(GraphKeys.TRAINABLE_VARIABLES, scope),
);

/** The variables whose moving averages are kept. */
export const moving_average_variables = fn(['scope'], (scope: Scope = null): Variable[] =>
  collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope),
);

// ---- first values ------------------------------------------------------------------------------

/** What has an initializer: a variable, or several that are parts of one. */
interface Initialized {
  readonly initializer: Node;
}

/** An operation that initializes each variable of `var_list`; in eager mode all of them are. */
export const variables_initializer = fn(
  ['var_list', 'name'],
  (var_list: readonly Initialized[], name: Name = 'init'): Node =>
    var_list.length > 0 && !executing_eagerly()
      ? group(...var_list.map((variable) => variable.initializer), { name })
      : no_op(name),
);

/** An operation that initializes all global variables. */
export const global_variables_initializer = fn(
  [],
  (): Node =>
    executing_eagerly()
      ? no_op('global_variables_initializer')
      : variables_initializer(global_variables()),
);

/** An operation that initializes all local variables. */
export const local_variables_initializer = fn(
  [],
  (): Node =>
    executing_eagerly()
      ? no_op('local_variables_initializer')
      : variables_initializer(local_variables()),
);

/** `variables_initializer`, by its older name. */
export const initialize_variables = fn(
  ['var_list', 'name'],
  (var_list: readonly Initialized[], name: Name = 'init'): Node =>
    variables_initializer(var_list, name),
);

/** `global_variables_initializer`, by its older name. */
export const initialize_all_variables = fn([], (): Node => global_variables_initializer());

/** `local_variables_initializer`, by its older name. */
export const initialize_local_variables = fn([], (): Node => local_variables_initializer());

// ---- asking ------------------------------------------------------------------------------------

/** Whether `variable`, or the reference to one, has a value yet, as a tensor. */
export const is_variable_initialized = fn(
  ['variable'],
  (variable: Operand): Tensor => isInitialized(variable),
);

function isInitialized(variable: Operand): Tensor {
  return variable instanceof Variable
    ? variable._isInitialized()
    : IsVariableInitialized({ ref: variable });
}

const MAKES_VARIABLES = ['Variable', 'VariableV2', 'AutoReloadVariable'];

/** All variables; for graphs without collections, the references that its operations make. */
function everyVariable(): Operand[] {
  const variables: Operand[] = [...global_variables(), ...local_variables()];
  if (variables.length > 0) return variables;
  const operations = get_default_graph().get_operations();
  return operations.filter((op) => MAKES_VARIABLES.includes(op.type)).map((op) => op.outputs[0]!);
}

/** The names of those variables of `var_list` (all, if not given) that have no value, as a tensor. */
export const report_uninitialized_variables = fn(
  ['var_list', 'name'],
  (
    var_list: readonly Operand[] | null = null,
    name: string = 'report_uninitialized_variables',
  ): Tensor => {
    const variables = var_list ?? everyVariable();
    return nameScope(name, name, () =>
      onDevice('/cpu:0', () => {
        if (variables.length === 0) return constant([], string);
        const mask = logical_not(stack(variables.map(isInitialized)));
        const names = constant(variables.map((variable) => operationOf(variable).name));
        return boolean_mask(names, mask);
      }),
    );
  },
);

function operationOf(variable: Operand): Node {
  return variable._toTensor(null, null, true).op;
}

/** A tensor that fails to compute while one of `var_list` (all, if not given) has no value. */
export const assert_variables_initialized = fn(
  ['var_list'],
  (var_list: readonly Operand[] | null = null): Tensor | null => {
    const variables = var_list ?? everyVariable();
    if (variables.length === 0) return null;
    const ranks = variables.map((variable) =>
      colocateWith(variable, () => Rank({ input: variable })),
    );
    return ranks.length === 1 ? ranks[0]! : stack(ranks);
  },
);
