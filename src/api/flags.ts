/** `tf.app.flags`, also `tf.flags`. */

export {
  DEFINE_bool,
  DEFINE_boolean,
  DEFINE_enum,
  DEFINE_float,
  DEFINE_integer,
  DEFINE_list,
  DEFINE_string,
  FLAGS,
  mark_flag_as_required,
  mark_flags_as_required,
} from '../platform/flags.ts';
