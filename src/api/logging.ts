/** `tf.logging`. */

export {
  DEBUG,
  debug,
  ERROR,
  error,
  FATAL,
  fatal,
  flush,
  get_verbosity,
  INFO,
  info,
  log,
  log_every_n,
  log_first_n,
  log_if,
  set_verbosity,
  TaskLevelStatusMessage,
  vlog,
  WARN,
  warn,
  warning,
} from '../platform/logging.ts';
