/** `tf.image`: images as arrays `[height, width, channels]`, or batches of them. */

export {
  adjust_brightness,
  adjust_contrast,
  adjust_gamma,
  adjust_hue,
  adjust_saturation,
  convert_image_dtype,
  grayscale_to_rgb,
  random_brightness,
  random_contrast,
  random_hue,
  random_saturation,
  rgb_to_grayscale,
  rgb_to_yiq,
  rgb_to_yuv,
  yiq_to_rgb,
  yuv_to_rgb,
} from '../image/colors.ts';
export { decode_image, is_jpeg } from '../image/decode_image.ts';
export {
  flip_left_right,
  flip_up_down,
  random_flip_left_right,
  random_flip_up_down,
  rot90,
  transpose_image,
} from '../image/geometry.ts';
export {
  image_gradients,
  per_image_standardization,
  psnr,
  sobel_edges,
  total_variation,
} from '../image/measures.ts';
export { ResizeMethod, resize_images } from '../image/resize.ts';
export {
  central_crop,
  crop_to_bounding_box,
  pad_to_bounding_box,
  resize_image_with_crop_or_pad,
} from '../image/windows.ts';
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
export { sample_distorted_bounding_box } from '../ops/image/distorted_box.ts';
export {
  resize_area,
  resize_bicubic,
  resize_bilinear,
  resize_nearest_neighbor,
} from '../ops/nn/images.ts';
