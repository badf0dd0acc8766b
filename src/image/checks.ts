/** What functions on images check of them: when the graph is built as far as shapes are known, else when it runs. */

import { toTensor } from '../core/convert.ts';
import { isFullyDefined } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly } from '../core/mode.ts';
import type { Node } from '../core/tensor.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import { assert_positive } from '../ops/assertions.ts';
import { Assert } from '../ops/checks.ts';
import { equal, greater, greater_equal } from '../ops/compare.ts';
import { with_dependencies } from '../ops/control_flow.ts';
import { unstack } from '../ops/join.ts';
import { shape } from '../ops/shape.ts';

/** A size or an offset: a number, or a scalar that is known when the graph runs. */
export type Extent = number | Tensor;

const POSITIVE = "all dims of 'image.shape' must be > 0";

/** Checks that images of at least three dimensions are not empty; the checks that a run must make. */
export function checkNotEmpty(image: Tensor): Node[] {
  if (image.dims?.some((dim) => dim === 0)) {
    throw new ValueError(`${POSITIVE}: ${image.shape}`);
  }
  if (isFullyDefined(image.dims)) return [];
  const check = assert_positive(shape(image), [`${POSITIVE}.`]);
  return check === null ? [] : [check];
}

/** The tensor of one image, checked: `[height, width, channels]`, none of them zero. */
export function singleImage(value: TensorLike): Tensor {
  const image = toTensor(value, null, 'image');
  if (image.dims !== null && image.dims.length !== 3) {
    throw new ValueError(`'image' (shape ${image.shape}) must be three-dimensional.`);
  }
  return checked(checkNotEmpty(image), image);
}

/** The tensor of one image or of a batch of them, checked. */
export function imageOrBatch(value: TensorLike): Tensor {
  const image = toTensor(value, null, 'image');
  if (image.dims !== null && image.dims.length !== 3 && image.dims.length !== 4) {
    throw new ValueError("'image' must have either 3 or 4 dimensions.");
  }
  return checked(checkNotEmpty(image), image);
}

/** `x`, computed only after `checks`. */
export function checked(checks: readonly Node[], x: Tensor): Tensor {
  return checks.length === 0 ? x : (with_dependencies(checks, x) as Tensor);
}

/** The sizes of a batch of images, as far as they are known as numbers. */
export function sizesOf(images: Tensor): Extent[] {
  if (isFullyDefined(images.dims)) return [...images.dims];
  const known = images.dims ?? [null, null, null, null];
  const dynamic = unstack(shape(images), known.length);
  return known.map((size, i) => size ?? dynamic[i]!);
}

/** Checks a relation of sizes now if both are numbers, else when the graph runs. */
export function ensure(holds: boolean | Tensor, message: string): Node[] {
  if (!(holds instanceof Tensor)) {
    if (!holds) throw new ValueError(message);
    return [];
  }
  const check = Assert(holds, [message]);
  return executing_eagerly() ? [] : [check];
}

/** `a >= b` */
export function atLeast(a: Extent, b: Extent): boolean | Tensor {
  return typeof a === 'number' && typeof b === 'number' ? a >= b : greater_equal(a, b);
}

/** `a > 0` */
export function isPositive(a: Extent): boolean | Tensor {
  return typeof a === 'number' ? a > 0 : greater(a, 0);
}

/** `a == b` */
export function isSame(a: Extent, b: Extent): boolean | Tensor {
  return typeof a === 'number' && typeof b === 'number' ? a === b : equal(a, b);
}
