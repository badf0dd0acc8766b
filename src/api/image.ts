/** `tf.image`: images as arrays `[height, width, channels]`, or batches of them. */

export { draw_bounding_boxes, non_max_suppression } from '../ops/image/boxes.ts';
export { hsv_to_rgb, rgb_to_hsv } from '../ops/image/colors.ts';
export { crop_and_resize } from '../ops/image/crops.ts';
export {
  resize_area,
  resize_bicubic,
  resize_bilinear,
  resize_nearest_neighbor,
} from '../ops/nn/images.ts';
