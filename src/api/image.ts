/** `tf.image`: the functions on images that are one op. */

export { resize_bilinear, resize_nearest_neighbor } from '../ops/nn/images.ts';
