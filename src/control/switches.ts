/** The two nodes that conditions are made of, as functions: for graphs that are routed by hand. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { type NamedTuple, namedtuple } from '../core/namedtuple.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { Merge, RefMerge } from '../ops/control_nodes.ts';
import { switchOf } from './nodes.ts';

type Merged = NamedTuple<'output' | 'value_index', Tensor>;

/** What `merge` gives. */
export const MergeOutput = namedtuple('Merge', ['output', 'value_index']);

/**
 * `data` on one of two sides, which the scalar `pred` chooses: `[output_false, output_true]`. What
 * needs the other side does not run.
 */
export const switch_ = fn(
  ['data', 'pred', 'dtype', 'name'],
  (
    data: TensorLike,
    pred: TensorLike,
    dtype: DType | null = null,
    name: Name = null,
  ): readonly [Tensor, Tensor] =>
    nameScope(name, 'Switch', (scope) =>
      switchOf(toTensor(data, dtype, 'data'), toTensor(pred, null, 'pred'), scope),
    ),
);

/** Whichever of `inputs` came, and its index. ValueError where an input is null. */
export const merge = fn(
  ['inputs', 'name'],
  (inputs: readonly TensorLike[], name: Name = null): Merged => {
    if (inputs.some((input) => input === null)) {
      throw new ValueError(`At least one of the merge inputs is None: ${inputs}`);
    }
    return nameScope(name, 'Merge', (scope) => {
      const tensors = inputs.map((input) => toTensor(input));
      const [output, index] = tensors.every(({ dtype }) => dtype._is_ref_dtype)
        ? RefMerge({ inputs: tensors }, { N: tensors.length }, scope)
        : Merge({ inputs: tensors }, {}, scope);
      return new MergeOutput(output, index);
    });
  },
);
