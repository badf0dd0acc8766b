/** The global step: the variable that counts a graph's training steps, found by its collection or its name. */

import { with_ } from '../core/context.ts';
import { int64 } from '../core/dtype.ts';
import { KeyError, ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { Tensor } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import type { BaseSession } from '../session/session.ts';
import { get_variable } from '../variables/get_variable.ts';
import { Variable } from '../variables/variable.ts';

/** The value of the global step in `sess`. */
export const global_step = fn(
  ['sess', 'global_step_tensor'],
  (sess: BaseSession | null, global_step_tensor: Variable | Tensor): number => {
    if (executing_eagerly()) return Number(global_step_tensor.numpy());
    return Number(sess!.run(global_step_tensor as Tensor));
  },
);

/** The global step of `graph`, the default one if none is given; `null` if there is none. TypeError if it is no integer scalar. */
export const get_global_step = fn(
  ['graph'],
  (graph: Graph | null = null): Variable | Tensor | null => {
    const found = findGlobalStep(graph ?? get_default_graph());
    if (found === null) return null;
    assert_global_step(found);
    return found;
  },
);

function findGlobalStep(graph: Graph): Variable | Tensor | null {
  const members = graph.get_collection(GraphKeys.GLOBAL_STEP) as (Variable | Tensor)[];
  if (members.length > 1) {
    console.error('Multiple tensors in global_step collection.');
    return null;
  }
  if (members.length === 1) return members[0]!;
  try {
    return graph.get_tensor_by_name('global_step:0');
  } catch (error) {
    if (error instanceof KeyError) return null;
    throw error;
  }
}

/** Makes the global step of `graph`: an int64 variable `global_step`, 0 at first. ValueError if there is one. */
export const create_global_step = fn(['graph'], (graph: Graph | null = null): Variable => {
  const home = graph ?? get_default_graph();
  if (get_global_step(home) !== null) throw new ValueError('"global_step" already exists.');
  const create = () =>
    get_variable(GraphKeys.GLOBAL_STEP, {
      shape: [],
      dtype: int64,
      initializer: new zeros_initializer(),
      trainable: false,
      collections: [GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
    });
  if (executing_eagerly()) return create();
  return with_(home.as_default(), home.name_scope(null), create);
});

/** The global step of `graph`, made if there is none. */
export const get_or_create_global_step = fn(
  ['graph'],
  (graph: Graph | null = null): Variable =>
    (get_global_step(graph) as Variable | null) ?? create_global_step(graph),
);

/** TypeError unless `global_step_tensor` is a variable or tensor, a scalar, and of an integer type. */
export const assert_global_step = fn(
  ['global_step_tensor'],
  (global_step_tensor: unknown): void => {
    if (!(global_step_tensor instanceof Variable || global_step_tensor instanceof Tensor)) {
      throw new TypeError(
        `Existing "global_step" must be a Variable or Tensor: ${global_step_tensor}.`,
      );
    }
    const { dtype } = global_step_tensor;
    if (!dtype.base_dtype.is_integer) {
      throw new TypeError(`Existing "global_step" does not have integer type: ${dtype}`);
    }
    const shape = global_step_tensor.get_shape();
    if (shape.ndims !== 0 && shape.is_fully_defined()) {
      throw new TypeError(`Existing "global_step" is not scalar: ${shape}`);
    }
  },
);
