/** A random window of an image that still shows enough of what boxes say is there. */

import { toTensor } from '../../core/convert.ts';
import { withRank, withValue } from '../../core/dims.ts';
import { float32 } from '../../core/dtype.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, TensorLike } from '../../core/tensor.ts';

const TYPES = 'T: {uint8, int8, int16, int32, int64}';
const SEEDS = ['seed: int = 0', 'seed2: int = 0'] as const;
const LIMITS = [
  'aspect_ratio_range: list(float) = [0.75, 1.33]',
  'area_range: list(float) = [0.05, 1]',
  'max_attempts: int = 100',
  'use_image_if_no_bounding_boxes: bool = false',
] as const;
const OUTPUTS = ['begin: T', 'size: T', 'bboxes: float'] as const;

function windowDims(image_size: Static, bounding_boxes: Static): Dims[] {
  withValue(withRank(image_size.dims, 1)[0]!, 3);
  withValue(withRank(bounding_boxes.dims, 3)[2]!, 4);
  return [[3], [3], [1, 1, 4]];
}

/** As older graphs have it, with the share to be covered as an attribute. */
export const SampleDistortedBoundingBox = op('SampleDistortedBoundingBox', {
  inputs: ['image_size: T', 'bounding_boxes: float'],
  outputs: OUTPUTS,
  attrs: [TYPES, ...SEEDS, 'min_object_covered: float = 0.1', ...LIMITS],
  shape: ({ image_size, bounding_boxes }) => windowDims(image_size, bounding_boxes),
  stateful: true,
}).gradient(null);

export const SampleDistortedBoundingBoxV2 = op('SampleDistortedBoundingBoxV2', {
  inputs: ['image_size: T', 'bounding_boxes: float', 'min_object_covered: float'],
  outputs: OUTPUTS,
  attrs: [TYPES, ...SEEDS, ...LIMITS],
  shape: ({ image_size, bounding_boxes }) => windowDims(image_size, bounding_boxes),
  stateful: true,
}).gradient(null);

/**
 * A random window of an image of `image_size`, `[height, width, channels]`, with `min_object_covered` of
 * one of `bounding_boxes` `[batch, boxes, 4]` in it: the whole image where `max_attempts` find none.
 *
 * @returns `[begin, size, bboxes]`: the first two for `tf.slice`, the third to draw.
 */
export const sample_distorted_bounding_box = fn(
  [
    'image_size',
    'bounding_boxes',
    'seed',
    'seed2',
    'min_object_covered',
    'aspect_ratio_range',
    'area_range',
    'max_attempts',
    'use_image_if_no_bounding_boxes',
    'name',
  ],
  (
    image_size: TensorLike,
    bounding_boxes: TensorLike,
    seed: number | null = null,
    seed2: number | null = null,
    min_object_covered: TensorLike = 0.1,
    aspect_ratio_range: readonly number[] | null = null,
    area_range: readonly number[] | null = null,
    max_attempts: number | null = null,
    use_image_if_no_bounding_boxes: boolean | null = null,
    name: Name = null,
  ) =>
    SampleDistortedBoundingBoxV2(
      {
        image_size,
        bounding_boxes,
        min_object_covered: toTensor(min_object_covered, float32, 'min_object_covered'),
      },
      {
        seed: seed ?? 0,
        seed2: seed2 ?? 0,
        aspect_ratio_range: aspect_ratio_range ?? [0.75, 1.33],
        area_range: area_range ?? [0.05, 1],
        max_attempts: max_attempts ?? 100,
        use_image_if_no_bounding_boxes: use_image_if_no_bounding_boxes ?? false,
      },
      name,
    ),
);
