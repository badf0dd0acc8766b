/** The errors of the operating system as TensorFlow's: its classes, and the words of C's strerror. */

import {
  AlreadyExistsError,
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  type OpError,
  type OpErrorType,
  PermissionDeniedError,
  ResourceExhaustedError,
  UnknownError,
} from '../core/errors.ts';

const ERRORS: ReadonlyMap<string, readonly [OpErrorType, string]> = new Map([
  ['ENOENT', [NotFoundError, 'No such file or directory']],
  ['EEXIST', [AlreadyExistsError, 'File exists']],
  ['EACCES', [PermissionDeniedError, 'Permission denied']],
  ['EPERM', [PermissionDeniedError, 'Operation not permitted']],
  ['EROFS', [PermissionDeniedError, 'Read-only file system']],
  ['ENOTDIR', [FailedPreconditionError, 'Not a directory']],
  ['EISDIR', [FailedPreconditionError, 'Is a directory']],
  ['ENOTEMPTY', [FailedPreconditionError, 'Directory not empty']],
  ['EBUSY', [FailedPreconditionError, 'Device or resource busy']],
  ['EINVAL', [InvalidArgumentError, 'Invalid argument']],
  ['ERR_INVALID_ARG_VALUE', [InvalidArgumentError, 'Invalid argument']],
  ['ENAMETOOLONG', [InvalidArgumentError, 'File name too long']],
  ['ELOOP', [InvalidArgumentError, 'Too many levels of symbolic links']],
  ['ENOSPC', [ResourceExhaustedError, 'No space left on device']],
  ['EMFILE', [ResourceExhaustedError, 'Too many open files']],
  ['ENFILE', [ResourceExhaustedError, 'Too many open files in system']],
]);

/** What `act` gives on the file `path`; a failure of the system is TensorFlow's error. */
export function onFile<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw systemError(path, error) ?? error;
  }
}

/** TensorFlow's error for what Node's `fs` threw about `path`; `null` for any other error. */
export function systemError(path: string, error: unknown): OpError | null {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return null;
  const known = ERRORS.get(code);
  if (known) return new known[0](null, null, `${path}; ${known[1]}`);
  if (!/^E[A-Z0-9]+$/.test(code)) return null;
  return new UnknownError(null, null, `${path}; ${code}`);
}
