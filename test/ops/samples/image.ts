/** Samples of the ops on images, and of `tf.image`. */

import { float32, float64, int16, uint8, uint16 } from '../../../src/core/dtype.ts';
import { f16, f32, i32, type Samples, sample, spread, u8 } from '../sample.ts';

const image = spread([2, 5, 6, 3], 0, 1);
const colors = f32([
  [0.1, 0.5, 0.9],
  [0.9, 0.5, 0.1],
  [0.3, 0.3, 0.3],
  [0, 0, 0],
  [0.2, 0.8, 0.2],
  [0.7, 0.1, 0.6],
]);
const boxes = f32([
  [0, 0, 1, 1],
  [0, 0.1, 1, 1.1],
  [0, -0.1, 1, 0.9],
  [0, 10, 1, 11],
  [1, 11.1, 0, 10.1],
  [0, 100, 1, 101],
]);
const scores = f32([0.9, 0.75, 0.6, 0.95, 0.5, 0.3]);
const crops = f32([
  [0, 0, 1, 1],
  [0.7, 0.6, 0.2, 0.1],
  [-0.2, 0.25, 0.8, 1.3],
]);
const owners = i32([0, 1, 1]);
const plain = { gradient: false };
const loose = { gradient: false, rtol: 1e-4, atol: 1e-5 };

const colorSamples = {
  RGBToHSV: [
    sample('image.rgb_to_hsv', [colors], {}, loose),
    sample('image.rgb_to_hsv', [spread([2, 2, 3], 0, 1, float64)], {}, plain),
    sample('image.rgb_to_hsv', [f16([[0.5, 0.25, 1]])], {}, { gradient: false, rtol: 3e-3 }),
    sample('image.rgb_to_hsv', [spread([0, 3])], {}, plain),
  ],
  HSVToRGB: [
    sample('image.hsv_to_rgb', [colors], {}, loose),
    sample('image.hsv_to_rgb', [spread([2, 2, 3], 0, 1, float64)], {}, plain),
  ],
  AdjustHue: [sample('raw_ops.AdjustHue', [], { images: image, delta: f32(0.3) }, loose)],
  AdjustSaturation: [
    sample('raw_ops.AdjustSaturation', [], { images: image, scale: f32(1.7) }, loose),
  ],
  AdjustContrastv2: [
    sample('raw_ops.AdjustContrastv2', [], { images: image, contrast_factor: f32(2.5) }, loose),
  ],
  AdjustContrast: [],
} satisfies Samples<typeof import('../../../src/ops/image/colors.ts')>;

const chosen = {
  boxes,
  scores,
  max_output_size: i32(3),
  iou_threshold: f32(0.5),
};
const halves = {
  boxes: f16(boxes.tolist()),
  scores: f16(scores.tolist()),
  max_output_size: i32(4),
  iou_threshold: f16(0.5),
  score_threshold: f16(0.35),
};
const boxSamples = {
  NonMaxSuppression: [
    sample('raw_ops.NonMaxSuppression', [], { boxes, scores, max_output_size: i32(3) }, plain),
  ],
  NonMaxSuppressionV2: [sample('raw_ops.NonMaxSuppressionV2', [], chosen, plain)],
  NonMaxSuppressionV3: [
    sample('image.non_max_suppression', [boxes, scores, 10], {}, plain),
    sample('image.non_max_suppression', [boxes, scores, 2, 0.1, 0.4], {}, plain),
    sample('image.non_max_suppression', [spread([0, 4]), spread([0]), 2], {}, plain),
    sample('image.non_max_suppression', [boxes, scores, 0], {}, plain),
  ],
  NonMaxSuppressionV4: [
    sample(
      'raw_ops.NonMaxSuppressionV4',
      [],
      { ...chosen, score_threshold: f32(0.4), pad_to_max_output_size: true },
      plain,
    ),
    sample('raw_ops.NonMaxSuppressionV4', [], { ...chosen, score_threshold: f32(0) }, plain),
  ],
  NonMaxSuppressionV5: [
    sample(
      'raw_ops.NonMaxSuppressionV5',
      [],
      { ...chosen, max_output_size: i32(6), score_threshold: f32(0), soft_nms_sigma: f32(0.5) },
      plain,
    ),
    sample('raw_ops.NonMaxSuppressionV5', [], { ...halves, soft_nms_sigma: f16(0) }, plain),
  ],
  NonMaxSuppressionWithOverlaps: [
    sample(
      'raw_ops.NonMaxSuppressionWithOverlaps',
      [],
      {
        overlaps: f32([
          [1, 0.6, 0],
          [0.6, 1, 0.2],
          [0, 0.2, 1],
        ]),
        scores: f32([0.5, 0.9, 0.7]),
        max_output_size: i32(3),
        overlap_threshold: f32(0.5),
        score_threshold: f32(0),
      },
      plain,
    ),
  ],
  DrawBoundingBoxes: [
    sample(
      'image.draw_bounding_boxes',
      [
        spread([2, 6, 7, 3], 0, 1),
        f32([
          [
            [0.1, 0.2, 0.7, 0.8],
            [0.5, 0, 1.4, 0.5],
          ],
          [
            [-0.5, 0.3, 0.5, 0.6],
            [0.9, 0.9, 0.1, 0.1],
          ],
        ]),
      ],
      {},
      plain,
    ),
    sample(
      'image.draw_bounding_boxes',
      [spread([1, 5, 5, 1], 0, 0.5), f32([[[0, 0, 1, 1]]])],
      {},
      plain,
    ),
  ],
} satisfies Samples<typeof import('../../../src/ops/image/boxes.ts')>;

const cropSamples = {
  CropAndResize: [
    sample('image.crop_and_resize', [image, crops, owners, [3, 4]], {
      extrapolation_value: 0.5,
    }),
    sample('image.crop_and_resize', [image, crops, owners, [1, 1]]),
    sample('image.crop_and_resize', [image, crops, owners, [4, 2], 'nearest'], {}, plain),
  ],
  CropAndResizeGradImage: [
    sample('image.crop_and_resize', [spread([2, 4, 4, 1]), crops, owners, [2, 5]]),
  ],
  CropAndResizeGradBoxes: [
    sample(
      'image.crop_and_resize',
      [spread([2, 3, 7, 2]), crops, owners, [5, 3]],
      {},
      {
        rtol: 1e-4,
      },
    ),
  ],
} satisfies Samples<typeof import('../../../src/ops/image/crops.ts')>;

const one = spread([4, 5, 3], 0, 1);
const batch = spread([2, 3, 4, 3], 0, 1);
const raw = u8([[[0, 1, 2, 127, 128, 255]]]);
const both = (fn: string, args: readonly unknown[] = [], options = {}) => [
  sample(`image.${fn}`, [one, ...args], {}, options),
  sample(`image.${fn}`, [batch, ...args], {}, options),
];
const close = { rtol: 1e-4, atol: 1e-5 };
const functions = {
  flips: [
    ...both('flip_left_right'),
    ...both('flip_up_down'),
    sample('image.transpose_image', [one]),
    ...[0, 1, 2, 3, 5, -1].map((k) => sample('image.rot90', [one, k], {}, plain)),
  ],
  windows: [
    ...both('crop_to_bounding_box', [1, 0, 2, 3]),
    ...both('pad_to_bounding_box', [1, 2, 6, 8]),
    ...both('resize_image_with_crop_or_pad', [2, 7]),
    ...both('resize_image_with_crop_or_pad', [7, 3]),
    ...both('resize_image_with_crop_or_pad', [3, 4]),
    sample('image.central_crop', [one, 0.5]),
    sample('image.central_crop', [one, 1]),
  ],
  resizing: [
    ...[0, 1].flatMap((method) => both('resize_images', [[5, 3], method])),
    ...[2, 3].flatMap((method) => both('resize_images', [[5, 3], method], { gradient: false })),
    sample('image.resize_images', [raw, [2, 3]]),
    sample('image.resize_images', [one, [7, 2]], { align_corners: true }),
    sample('image.resize_images', [one, [4, 5]]),
  ],
  types: [
    sample('image.convert_image_dtype', [raw, float32]),
    sample('image.convert_image_dtype', [raw, uint16]),
    sample('image.convert_image_dtype', [raw, int16]),
    sample('image.convert_image_dtype', [f32([-0.5, 0, 0.25, 0.999, 1, 1.5]), uint8], {
      saturate: true,
    }),
    sample('image.convert_image_dtype', [f32([0, 0.25, 0.999, 1]), uint8]),
    sample('image.convert_image_dtype', [i32([0, 1 << 20, 2147483647]), uint8]),
    sample('image.convert_image_dtype', [f32([0.5]), float64]),
  ],
  adjustments: [
    ...both('adjust_brightness', [0.25]),
    sample('image.adjust_brightness', [raw, -0.1]),
    ...both('adjust_contrast', [1.5], loose),
    sample('image.adjust_contrast', [raw, 0.5]),
    ...both('adjust_hue', [0.2], loose),
    ...both('adjust_saturation', [0.4], loose),
    sample('image.adjust_hue', [u8([[[1, 200, 90]]]), -0.3]),
    sample('image.adjust_gamma', [one, 2.2, 0.5], {}, close),
    sample('image.per_image_standardization', [one], {}, close),
    sample('image.per_image_standardization', [u8([[[7], [7]]])]),
  ],
  colors: [
    ...both('rgb_to_grayscale'),
    sample('image.rgb_to_grayscale', [u8([[[1, 200, 90]]])]),
    sample('image.grayscale_to_rgb', [spread([2, 3, 1], 0, 1)]),
    ...both('rgb_to_yiq'),
    ...both('yiq_to_rgb'),
    ...both('rgb_to_yuv'),
    ...both('yuv_to_rgb'),
  ],
  measures: [
    ...both('total_variation', [], close),
    sample('image.image_gradients', [batch]),
    sample('image.sobel_edges', [batch], {}, close),
    sample('image.psnr', [one, spread([4, 5, 3], 0, 0.8), 1], {}, close),
    sample('image.psnr', [u8([[[1, 200]]]), u8([[[9, 180]]]), 255], {}, close),
  ],
};

export const pictures = {
  ...functions,
  ...colorSamples,
  ...boxSamples,
  ...cropSamples,
};
