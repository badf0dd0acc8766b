/** Boxes on images, as rows `[y_min, x_min, y_max, x_max]`: choosing and drawing. */

import { toTensor } from '../../core/convert.ts';
import { mergeDim, withRank, withValue } from '../../core/dims.ts';
import { float32, int32 } from '../../core/dtype.ts';
import { nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';

interface Candidates {
  readonly boxes: Static;
  readonly scores: Static;
  readonly max_output_size: Static;
}

/** Checks boxes, scores and the scalars that follow them; the indices of the chosen ones are a vector. */
function chosenDims({ boxes, scores, max_output_size }: Candidates, ...scalars: Static[]): Dims {
  const [count, corners] = withRank(boxes.dims, 2);
  mergeDim(count!, withRank(scores.dims, 1)[0]!);
  withValue(corners!, 4);
  for (const x of [max_output_size, ...scalars]) withRank(x.dims, 0);
  return [null];
}

/** As many as there may be at most, where the chosen ones are padded and the number is known. */
function paddedDims(dims: Dims, limit: Static, isPadded: boolean): Dims {
  const size = limit.known?.[0] ?? null;
  return isPadded && size !== null ? [size] : dims;
}

export const NonMaxSuppression = op('NonMaxSuppression', {
  inputs: ['boxes: float', 'scores: float', 'max_output_size: int32'],
  outputs: ['selected_indices: int32'],
  attrs: ['iou_threshold: float = 0.5'],
  shape: (inputs) => chosenDims(inputs),
}).gradient(null);

export const NonMaxSuppressionV2 = op('NonMaxSuppressionV2', {
  inputs: ['boxes: float', 'scores: float', 'max_output_size: int32', 'iou_threshold: float'],
  outputs: ['selected_indices: int32'],
  attrs: [],
  shape: (inputs) => chosenDims(inputs, inputs.iou_threshold),
}).gradient(null);

export const NonMaxSuppressionV3 = op('NonMaxSuppressionV3', {
  inputs: [
    'boxes: float',
    'scores: float',
    'max_output_size: int32',
    'iou_threshold: float',
    'score_threshold: float',
  ],
  outputs: ['selected_indices: int32'],
  attrs: [],
  shape: (inputs) => chosenDims(inputs, inputs.iou_threshold, inputs.score_threshold),
}).gradient(null);

/** NonMaxSuppressionV3 that can fill up its output with zeros, and says how many are meant. */
export const NonMaxSuppressionV4 = op('NonMaxSuppressionV4', {
  inputs: [
    'boxes: T',
    'scores: T',
    'max_output_size: int32',
    'iou_threshold: T_threshold',
    'score_threshold: T_threshold',
  ],
  outputs: ['selected_indices: int32', 'valid_outputs: int32'],
  attrs: [
    'T: {half, float} = DT_FLOAT',
    'T_threshold: {half, float} = DT_FLOAT',
    'pad_to_max_output_size: bool = false',
  ],
  shape: (inputs, { pad_to_max_output_size }) => {
    const dims = chosenDims(inputs, inputs.iou_threshold, inputs.score_threshold);
    return [paddedDims(dims, inputs.max_output_size, pad_to_max_output_size), []];
  },
}).gradient(null);

/** NonMaxSuppressionV4 that may lower the scores of overlapping boxes instead of dropping them. */
export const NonMaxSuppressionV5 = op('NonMaxSuppressionV5', {
  inputs: [
    'boxes: T',
    'scores: T',
    'max_output_size: int32',
    'iou_threshold: T',
    'score_threshold: T',
    'soft_nms_sigma: T',
  ],
  outputs: ['selected_indices: int32', 'selected_scores: T', 'valid_outputs: int32'],
  attrs: ['T: {half, float} = DT_FLOAT', 'pad_to_max_output_size: bool = false'],
  shape: (inputs, { pad_to_max_output_size }) => {
    const { iou_threshold, score_threshold, soft_nms_sigma } = inputs;
    const dims = chosenDims(inputs, iou_threshold, score_threshold, soft_nms_sigma);
    const padded = paddedDims(dims, inputs.max_output_size, pad_to_max_output_size);
    return [padded, padded, []];
  },
}).gradient(null);

/** The same choice by overlaps that are given for each pair of boxes. */
export const NonMaxSuppressionWithOverlaps = op('NonMaxSuppressionWithOverlaps', {
  inputs: [
    'overlaps: float',
    'scores: float',
    'max_output_size: int32',
    'overlap_threshold: float',
    'score_threshold: float',
  ],
  outputs: ['selected_indices: int32'],
  attrs: [],
  shape: ({ overlaps, scores }) => {
    const [rows, columns] = withRank(overlaps.dims, 2);
    mergeDim(mergeDim(rows!, columns!), withRank(scores.dims, 1)[0]!);
    return [null];
  },
}).gradient(null);

/**
 * Chooses boxes by score, leaving out those that overlap a better one by more than `iou_threshold`
 * (intersection over union), and those whose score is not above `score_threshold`.
 *
 * @returns Indices into `boxes`, at most `max_output_size`, the best first.
 */
export const non_max_suppression = fn(
  ['boxes', 'scores', 'max_output_size', 'iou_threshold', 'score_threshold', 'name'],
  (
    boxes: TensorLike,
    scores: TensorLike,
    max_output_size: TensorLike,
    iou_threshold: TensorLike = 0.5,
    score_threshold: TensorLike = Number.NEGATIVE_INFINITY,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'non_max_suppression', () =>
      NonMaxSuppressionV3({
        boxes,
        scores,
        max_output_size: toTensor(max_output_size, int32, 'max_output_size'),
        iou_threshold: toTensor(iou_threshold, float32, 'iou_threshold'),
        score_threshold: toTensor(score_threshold, float32, 'score_threshold'),
      }),
    ),
);

// ---- drawing -----------------------------------------------------------------------------------

export const DrawBoundingBoxes = op('DrawBoundingBoxes', {
  inputs: ['images: T', 'boxes: float'],
  outputs: ['output: T'],
  attrs: ['T: {float, half} = DT_FLOAT'],
  shape: ({ images, boxes }) => {
    const [, , corners] = withRank(boxes.dims, 3);
    withValue(corners!, 4);
    return withRank(images.dims, 4);
  },
}).gradient(null);

/**
 * Draws boxes `[batch, boxes, 4]`, whose corners are parts of height and width, onto images
 * `[batch, height, width, depth]`, one pixel wide, in changing colours.
 */
export const draw_bounding_boxes = fn(
  ['images', 'boxes', 'name'],
  (images: TensorLike, boxes: TensorLike, name: Name = null): Tensor =>
    DrawBoundingBoxes({ images, boxes }, {}, name),
);
