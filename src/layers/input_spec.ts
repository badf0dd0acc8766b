/** What a layer expects of its inputs: types, ranks and sizes. */

import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { Operand } from '../core/operand.ts';
import type { ShapeLike, TensorShape } from '../core/shape.ts';
import { as_shape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';

const inputSpec = signature(
  ['dtype', 'shape', 'ndim', 'max_ndim', 'min_ndim', 'axes'],
  (
    dtype: DType | null = null,
    shape: ShapeLike = null,
    ndim: number | null = null,
    max_ndim: number | null = null,
    min_ndim: number | null = null,
    axes: Readonly<Record<number, number | null>> | null = null,
  ) => ({ dtype, shape, ndim, max_ndim, min_ndim, axes }),
  { objects: ['axes'] },
);

/** A tensor or variable, as layers take them. */
export type Input = Operand & { readonly dtype: DType; get_shape(): TensorShape };

/** The type, the rank and the sizes that an input must have; what is `null` may be anything. */
export class InputSpec {
  readonly dtype: DType | null;
  readonly shape: ShapeLike;
  readonly ndim: number | null;
  readonly max_ndim: number | null;
  readonly min_ndim: number | null;
  /** Sizes by axis; negative axes count from the back. */
  readonly axes: Readonly<Record<number, number | null>>;

  constructor(...args: ArgsOf<typeof inputSpec>) {
    const { dtype, shape, ndim, max_ndim, min_ndim, axes } = inputSpec(...args);
    this.dtype = dtype;
    this.shape = shape;
    this.ndim = shape === null ? ndim : as_shape(shape).ndims;
    this.max_ndim = max_ndim;
    this.min_ndim = min_ndim;
    this.axes = axes ?? {};
  }
}

/** ValueError where `inputs` are not what `specs` say; `layer` names the layer in the text. */
export function assertCompatible(
  layer: string,
  specs: readonly InputSpec[],
  inputs: readonly Input[],
): void {
  if (inputs.length !== specs.length) {
    throw new ValueError(
      `Layer ${layer} expects ${specs.length} inputs, but it received ${inputs.length} input tensors. Inputs received: [${inputs.join(', ')}]`,
    );
  }
  specs.forEach((spec, i) => {
    assertOne(`Input ${i} of layer ${layer} is incompatible with the layer: `, spec, inputs[i]!);
  });
}

function assertOne(prefix: string, spec: InputSpec, input: Input): void {
  const shape = input.get_shape();
  const { ndims } = shape;
  if (ndims === null) {
    const needsRank = spec.ndim !== null || spec.min_ndim !== null || spec.max_ndim !== null;
    if (needsRank)
      throw new ValueError(
        `${prefix}its rank is undefined, but the layer requires a defined rank.`,
      );
    return;
  }
  const found = `found ndim=${ndims}. Full shape received: ${listText(shape)}`;
  if (spec.ndim !== null && ndims !== spec.ndim) {
    throw new ValueError(`${prefix}expected ndim=${spec.ndim}, ${found}`);
  }
  if (spec.max_ndim !== null && ndims > spec.max_ndim) {
    throw new ValueError(`${prefix}expected max_ndim=${spec.max_ndim}, found ndim=${ndims}`);
  }
  if (spec.min_ndim !== null && ndims < spec.min_ndim) {
    throw new ValueError(`${prefix}: expected min_ndim=${spec.min_ndim}, ${found}`);
  }
  if (spec.dtype !== null && input.dtype.base_dtype !== spec.dtype) {
    throw new ValueError(
      `${prefix}expected dtype=${spec.dtype}, found dtype=${input.dtype.base_dtype}`,
    );
  }
  assertSizes(prefix, spec, shape);
}

function assertSizes(prefix: string, spec: InputSpec, shape: TensorShape): void {
  const sizes = shape.as_list();
  for (const [axis, size] of Object.entries(spec.axes)) {
    const found = sizes.at(Number(axis)) ?? null;
    if (size === null || found === null || found === size) continue;
    throw new ValueError(
      `${prefix}expected axis ${axis} of input shape to have value ${size} but received input with shape ${listText(shape)}`,
    );
  }
  if (spec.shape !== null && !as_shape(spec.shape).is_compatible_with(shape)) {
    throw new ValueError(`${prefix}expected shape=${as_shape(spec.shape)}, found shape=${shape}`);
  }
}

/** A shape as Python prints a list: `[None, 3]`. */
function listText(shape: TensorShape): string {
  return `[${shape
    .as_list()
    .map((size) => size ?? 'None')
    .join(', ')}]`;
}
