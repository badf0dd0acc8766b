/** `tf.python.util.nest`. */

export {
  assert_same_structure,
  flatten,
  is_sequence,
  map_structure,
  pack_sequence_as,
} from '../../../core/structures.ts';
