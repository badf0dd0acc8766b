/** Errors that are built into Python and that TF1 raises; TypeError is JavaScript's own. */

export {
  AssertionError,
  AttributeError,
  IndexError,
  IOError,
  KeyError,
  LookupError,
  NotImplementedError,
  RuntimeError,
  StopIteration,
  ValueError,
} from '../core/errors.ts';
