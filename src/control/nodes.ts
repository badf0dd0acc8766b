/** TF1's functions around the nodes of control flow, for tensors and for references alike. */

import { toTensor } from '../core/convert.ts';
import { type DType, resource } from '../core/dtype.ts';
import type { Dims, Name, Tensor, TensorLike } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import {
  Enter,
  Exit,
  Merge,
  NextIteration,
  RefEnter,
  RefExit,
  RefMerge,
  RefNextIteration,
  RefSwitch,
  Switch,
} from '../ops/control_nodes.ts';
import { VariableShape } from '../ops/resource_variables.ts';
import { Identity, Shape } from '../ops/shape.ts';
import { RefIdentity } from '../ops/state.ts';

const isReference = (tensor: Tensor): boolean => tensor.dtype._is_ref_dtype;

/** Both sides of a switch: where it is false, where it is true. */
export type Sides = readonly [SymbolicTensor, SymbolicTensor];

/** `data` as a symbolic tensor. */
export function symbolic(data: TensorLike): SymbolicTensor {
  return toTensor(data) as SymbolicTensor;
}

/** The graph of `tensor`. */
export function graphOf(tensor: Tensor): Graph {
  return tensor.graph as Graph;
}

/** `data` on the side that `pred` says. */
export function switchOf(data: Tensor, pred: Tensor, name: Name = 'Switch'): Sides {
  const sides = isReference(data)
    ? RefSwitch({ data, pred }, {}, name)
    : Switch({ data, pred }, {}, name);
  return sides as Sides;
}

/** The same, placed with `data` whatever else is in force. */
export function switched(data: Tensor, pred: Tensor, name: Name = 'Switch'): Sides {
  const leave = graphOf(data)._enterColocation(data, true);
  try {
    return switchOf(data, pred, name);
  } finally {
    leave();
  }
}

/** Whichever of `inputs` came. */
export function merged(inputs: readonly Tensor[], name: Name = 'Merge'): SymbolicTensor {
  const [output] = inputs.every(isReference)
    ? RefMerge({ inputs }, { N: inputs.length }, name)
    : Merge({ inputs }, {}, name);
  return output as SymbolicTensor;
}

/** How a tensor enters a loop. */
export interface Entry {
  readonly frame: string;
  readonly constant: boolean;
  readonly parallel: number;
  readonly name?: string;
  /** Whether its shape is known inside as it is outside. */
  readonly keepsShape?: boolean;
}

/** `data` inside the loop `entry.frame`. */
export function entered(data: Tensor, entry: Entry): SymbolicTensor {
  const attrs = {
    frame_name: entry.frame,
    is_constant: entry.constant,
    parallel_iterations: entry.parallel,
  };
  const { name = null, keepsShape = true } = entry;
  const result = isReference(data) ? RefEnter({ data }, attrs, name) : Enter({ data }, attrs, name);
  if (keepsShape) result.set_shape(data.shape);
  return result as SymbolicTensor;
}

/** `data` outside of its loop. */
export function exited(data: Tensor, name: Name = null): SymbolicTensor {
  const result = isReference(data) ? RefExit({ data }, {}, name) : Exit({ data }, {}, name);
  return result as SymbolicTensor;
}

/** `data` in the next iteration. */
export function nextIteration(data: Tensor, name: Name = null): SymbolicTensor {
  const result = isReference(data)
    ? RefNextIteration({ data }, {}, name)
    : NextIteration({ data }, {}, name);
  return result as SymbolicTensor;
}

/** The same tensor from another operation; a reference stays one. */
export function passed(data: Tensor, name: Name = null): SymbolicTensor {
  const result = isReference(data)
    ? RefIdentity({ input: data }, {}, name)
    : Identity({ input: data }, {}, name);
  return result as SymbolicTensor;
}

/** The type and static shape of a gradient of `tensor`: of a variable's handle, those of the variable. */
export function gradientType({ dtype, dims, handleData }: Tensor): { dtype: DType; dims: Dims } {
  return dtype === resource && handleData ? handleData : { dtype: dtype.base_dtype, dims };
}

/** The sizes of a gradient of `tensor`, computed when it runs. */
export function sizesOf(tensor: Tensor): SymbolicTensor {
  const sizes =
    tensor.dtype === resource ? VariableShape({ input: tensor }) : Shape({ input: tensor });
  return sizes as SymbolicTensor;
}
