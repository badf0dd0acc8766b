/** What variables are made of: the nodes of a new one, or those that a meta graph names. */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import type { Attrs } from '../core/kernels.ts';
import {
  colocateWith,
  controlDependencies,
  currentMode,
  nameScope,
  onDevice,
} from '../core/mode.ts';
import type { Node, Tensor, TensorLike } from '../core/tensor.ts';
import type { VariableDef } from '../formats/meta_graph_messages.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import { prependNameScope } from '../graph/scope_names.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { identity } from '../ops/shape.ts';
import type { SliceInputs } from '../ops/slice.ts';
import { Assign, VariableV2 } from '../ops/state.ts';
import {
  type Constraint,
  makerOf,
  requireInitialValue,
  type VariableArguments,
} from './arguments.ts';
import { checkOutside, guarded } from './initial_value.ts';

/** The nodes that a variable is made of, and what is known of it besides. @internal */
export class VariableParts {
  /** The reference, or the resource handle. */
  declare readonly tensor: Tensor;
  /** The read that stands for the variable in a graph; `null` where each use reads anew. */
  declare readonly snapshot: Tensor | null;
  declare readonly initialValue: Tensor | null;
  declare readonly initializer: Node | null;
  /** The variable's own name, where the tensor has none. */
  declare readonly name: string | null;
  declare readonly trainable: boolean;
  declare readonly constraint: Constraint | null;
  declare readonly cachingDevice: string | null;

  constructor(parts: VariableParts) {
    Object.assign(this, parts);
  }
}

/** Builds a variable behind a reference. @internal */
export function referenceParts(call: VariableArguments): VariableParts {
  const given = requireInitialValue(call);
  const make = makerOf(given);
  return controlDependencies(null, () =>
    nameScope(call.name, 'Variable', (scope) => {
      let initial: Tensor;
      let tensor: Tensor;
      if (make) {
        const graph = currentMode() as Graph;
        [initial, tensor] = graph._colocateWithNames([scope.slice(0, -1)], () => {
          const value = onDevice(null, () =>
            nameScope('Initializer', 'Initializer', () => initialTensor(make(), call)),
          );
          return [value, reference(value, call, scope)];
        });
      } else {
        initial = initialTensor(given as TensorLike, call);
        checkOutside(initial, scope);
        tensor = reference(initial, call, scope);
      }
      return finishedParts(call, scope, initial, tensor);
    }),
  );
}

function initialTensor(value: TensorLike, { dtype }: VariableArguments): Tensor {
  return toTensor(value, dtype, 'initial_value');
}

function reference(initial: Tensor, { validate_shape }: VariableArguments, scope: string): Tensor {
  const dtype = initial.dtype.base_dtype;
  return VariableV2({}, { shape: validate_shape ? initial.dims : null, dtype }, scope);
}

function finishedParts(
  call: VariableArguments,
  scope: string,
  initial: Tensor,
  tensor: Tensor,
): VariableParts {
  const { validate_shape, caching_device } = call;
  if (validate_shape && !initial.shape.is_fully_defined()) {
    throw new ValueError(`initial_value must have a shape specified: ${initial}`);
  }
  const assigned = Assign({ ref: tensor, value: guarded(initial, scope) }, { validate_shape });
  const read = () => identity(tensor, 'read');
  return new VariableParts({
    tensor,
    snapshot: caching_device === null ? colocateWith(tensor, read) : onDevice(caching_device, read),
    initialValue: initial,
    initializer: assigned.op,
    name: null,
    trainable: call.trainable,
    constraint: call.constraint,
    cachingDevice: caching_device,
  });
}

/** The parts of a variable that is in the default graph already, by their names. @internal */
export function importedParts(def: VariableDef, import_scope: string | null): VariableParts {
  const graph = get_default_graph();
  const element = (name: string) => graph.as_graph_element(prependNameScope(name, import_scope));
  const tensorOf = (name: string): SymbolicTensor => {
    const found = element(name);
    return found instanceof Operation ? found.outputs[0]! : found;
  };
  const initializer = element(def.initializer_name);
  return new VariableParts({
    tensor: tensorOf(def.variable_name),
    snapshot: tensorOf(def.snapshot_name),
    initialValue: def.initial_value_name ? tensorOf(def.initial_value_name) : null,
    initializer: initializer instanceof Operation ? initializer : initializer.op,
    name: null,
    trainable: def.trainable,
    constraint: null,
    cachingDevice: null,
  });
}

/** What the node of a slice takes beside its input. */
export function inputsOfSlice({ inputs, attrs }: Node): SliceInputs {
  const [, begin, end, strides] = inputs;
  const masks = attrs as SliceInputs['masks'] & Attrs;
  const { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask } = masks;
  return {
    begin: begin!,
    end: end!,
    strides: strides!,
    masks: { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask },
  };
}
