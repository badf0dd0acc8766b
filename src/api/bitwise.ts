/** `tf.bitwise`: operations on the bits of integers. */

export {
  bitwise_and,
  bitwise_or,
  bitwise_xor,
  invert,
  left_shift,
  right_shift,
} from '../ops/bitwise.ts';
