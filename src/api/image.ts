/** `tf.image`: images as arrays `[height, width, channels]`, or batches of them. */

export { decode_image, is_jpeg } from '../image/decode_image.ts';
export {
  decode_and_crop_jpeg,
  decode_bmp,
  decode_gif,
  decode_jpeg,
  decode_png,
  encode_jpeg,
  encode_png,
  extract_jpeg_shape,
} from '../ops/codecs.ts';
export { draw_bounding_boxes, non_max_suppression } from '../ops/image/boxes.ts';
export { hsv_to_rgb, rgb_to_hsv } from '../ops/image/colors.ts';
export { crop_and_resize } from '../ops/image/crops.ts';
export {
  resize_area,
  resize_bicubic,
  resize_bilinear,
  resize_nearest_neighbor,
} from '../ops/nn/images.ts';
