/**
 * The errors of the library: Python's built-in ones that JavaScript lacks, and `tf.errors`. Classes
 * and texts are TF1's, so that what people search for matches; a hint may follow after a blank line.
 * Kernels throw an OpError without a node, and whoever runs the node adds it.
 */

/** The class's name survives minifiers, and costs an instance no field. */
function nameErrors(classes: Readonly<Record<string, new (...args: never[]) => Error>>): void {
  for (const [name, type] of Object.entries(classes)) {
    const property = { value: name, writable: true, configurable: true };
    Object.defineProperty(type.prototype, 'name', property);
  }
}

/** `text`, then after a blank line what helps here: the actual values, and what to do. */
export function withHint(text: string, hint: string | null | undefined): string {
  return hint ? `${text}\n\n${hint}` : text;
}

// ---- Python's --------------------------------------------------------------------------------

/** An argument has the right type but an unusable value, or shapes do not fit. */
export class ValueError extends Error {}
/** An index or a key is not there: the base of IndexError and KeyError. */
export class LookupError extends Error {}
/** A position is outside a sequence. */
export class IndexError extends LookupError {}
/** A name or a key is not there: an unknown node, an unknown collection. */
export class KeyError extends LookupError {}
/** The state does not allow the call: a closed session, a finalized graph. */
export class RuntimeError extends Error {}
/** A method that a subclass must provide is missing. */
export class NotImplementedError extends RuntimeError {}
/** An object has no such attribute. */
export class AttributeError extends Error {}
/** A file is missing, or is not what it should be (Python's OSError, too). */
export class IOError extends Error {}
/** A condition that the library relies on does not hold. */
export class AssertionError extends Error {}
/** An iterator has no further item. */
export class StopIteration extends Error {}
/** An arithmetic operation has no result. */
export class ArithmeticError extends Error {}
/** An integer is divided by zero. */
export class ZeroDivisionError extends ArithmeticError {}
/** A number does not fit its type. */
export class OverflowError extends ArithmeticError {}

nameErrors({
  ValueError,
  LookupError,
  IndexError,
  KeyError,
  RuntimeError,
  NotImplementedError,
  AttributeError,
  IOError,
  AssertionError,
  StopIteration,
  ArithmeticError,
  ZeroDivisionError,
  OverflowError,
});

// ---- tf.errors: codes ------------------------------------------------------------------------

/** Not an error. */
export const OK = 0;
/** The code of CancelledError. */
export const CANCELLED = 1;
/** The code of UnknownError. */
export const UNKNOWN = 2;
/** The code of InvalidArgumentError. */
export const INVALID_ARGUMENT = 3;
/** The code of DeadlineExceededError. */
export const DEADLINE_EXCEEDED = 4;
/** The code of NotFoundError. */
export const NOT_FOUND = 5;
/** The code of AlreadyExistsError. */
export const ALREADY_EXISTS = 6;
/** The code of PermissionDeniedError. */
export const PERMISSION_DENIED = 7;
/** The code of ResourceExhaustedError. */
export const RESOURCE_EXHAUSTED = 8;
/** The code of FailedPreconditionError. */
export const FAILED_PRECONDITION = 9;
/** The code of AbortedError. */
export const ABORTED = 10;
/** The code of OutOfRangeError. */
export const OUT_OF_RANGE = 11;
/** The code of UnimplementedError. */
export const UNIMPLEMENTED = 12;
/** The code of InternalError. */
export const INTERNAL = 13;
/** The code of UnavailableError. */
export const UNAVAILABLE = 14;
/** The code of DataLossError. */
export const DATA_LOSS = 15;
/** The code of UnauthenticatedError. */
export const UNAUTHENTICATED = 16;

// ---- tf.errors: classes ----------------------------------------------------------------------

/** One line of where an operation was created: file, line, function, and the source if known. */
export type TraceFrame = readonly [filename: string, lineno: number, name: string, line?: string];

/** What an error says about the operation that failed. */
export interface FailedOperation {
  readonly name: string;
  /** Where it was created, outermost call first. */
  readonly traceback?: readonly TraceFrame[];
  /** Whether it is that of an operation created shortly before. */
  readonly traceback_is_near?: boolean;
  /** The forward operation that a gradient operation was made for. */
  readonly _original_op?: FailedOperation | null;
}

/** A generic error that is raised when TensorFlow execution fails; `tf.errors` has specific ones. */
export class OpError extends Error {
  /** The integer error code that describes the error. */
  declare readonly error_code: number;
  #op: FailedOperation | null;
  #nodeDef: unknown;

  constructor(
    node_def: unknown,
    op: FailedOperation | null | undefined,
    message: string,
    error_code: number,
  ) {
    super(message);
    this.#op = op ?? null;
    this.#nodeDef = node_def ?? null;
    Object.defineProperty(this, 'error_code', { value: error_code });
    if (op) this.#refreshStack(message);
  }

  /** The `Operation` that failed, or `null` if it is not known. */
  get op(): FailedOperation | null {
    return this.#op;
  }
  /** The `NodeDef` of the op that failed, or `null`. */
  get node_def(): unknown {
    return this.#nodeDef;
  }

  /**
   * Says which node failed: `op` and `node_def`, and the text `[[Node: ...]]` in the message, ahead
   * of a hint. Only the first call counts, so that an error keeps the innermost node. @internal
   */
  locate(nodeText: string | null, node_def: unknown, op: FailedOperation | null): this {
    if (this.#op || this.#nodeDef) return this;
    const old = this.message;
    this.#op = op;
    this.#nodeDef = node_def;
    if (nodeText && !old.includes('[[Node: ')) {
      const [text, hint] = splitHint(old);
      this.message = `${text}\n\t [[Node: ${nodeText}]]${hint}`;
    }
    this.#refreshStack(old);
    return this;
  }

  /** Adds `text` to the message, ahead of a hint. @internal */
  append(text: string): this {
    const old = this.message;
    const [words, hint] = splitHint(old);
    this.message = `${words}${text}${hint}`;
    this.#refreshStack(old);
    return this;
  }

  /** The class, the message, and where the operation was defined. */
  override toString(): string {
    return `${this.name}: ${this.message}${causedBy(this.#op)}`;
  }

  /** What an uncaught error prints is its stack, which was taken before the node was known. */
  #refreshStack(oldMessage: string): void {
    const { stack } = this;
    const at = stack?.indexOf(oldMessage) ?? -1;
    if (stack === undefined || at < 0) return;
    const frames = stack.slice(at + oldMessage.length);
    const value = `${this.toString().trimEnd()}${frames}`;
    Object.defineProperty(this, 'stack', { value, writable: true, configurable: true });
  }
}

function splitHint(message: string): [text: string, hint: string] {
  const at = message.indexOf('\n\n');
  return at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at)];
}

function causedBy(op: FailedOperation | null): string {
  if (!op) return '';
  let text = `\n\nCaused by op '${op.name}', defined ${placeOf(op)}:\n${traceText(op)}`;
  for (let origin = op._original_op; origin; origin = origin._original_op) {
    const where = `\n...which was originally created as op '${origin.name}', defined ${placeOf(origin)}:\n`;
    text += where + traceText(origin);
  }
  return text;
}

const placeOf = ({ traceback_is_near }: FailedOperation) => (traceback_is_near ? 'near' : 'at');

function traceText(op: FailedOperation): string {
  const frames = (op.traceback ?? []).map(([filename, lineno, name, line]) => {
    const source = line ? `    ${line.trim()}\n` : '';
    return `  File "${filename}", line ${lineno}, in ${name}\n${source}`;
  });
  return frames.join('');
}

type Op = FailedOperation | null | undefined;

/** Raised when an operation or step is cancelled, for example by closing its queue. */
export class CancelledError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, CANCELLED);
  }
}
/** Unknown error, such as one with a code that this version does not know. */
export class UnknownError extends OpError {
  constructor(node_def: unknown, op: Op, message: string, error_code: number = UNKNOWN) {
    super(node_def, op, message, error_code);
  }
}
/** Raised when an operation receives a value or a shape that it cannot use. */
export class InvalidArgumentError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, INVALID_ARGUMENT);
  }
}
/** Raised when a deadline expires before an operation could complete. */
export class DeadlineExceededError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, DEADLINE_EXCEEDED);
  }
}
/** Raised when a requested entity, such as a file or a tensor in a checkpoint, was not found. */
export class NotFoundError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, NOT_FOUND);
  }
}
/** Raised when an entity that we attempted to create already exists. */
export class AlreadyExistsError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, ALREADY_EXISTS);
  }
}
/** Raised when the caller may not run an operation, such as reading a protected file. */
export class PermissionDeniedError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, PERMISSION_DENIED);
  }
}
/** Raised when a request lacks valid credentials. */
export class UnauthenticatedError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, UNAUTHENTICATED);
  }
}
/** Raised when a resource is used up, such as memory. */
export class ResourceExhaustedError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, RESOURCE_EXHAUSTED);
  }
}
/** Raised when the system is not in a state to execute the operation: an uninitialized variable. */
export class FailedPreconditionError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, FAILED_PRECONDITION);
  }
}
/** Raised when an operation was aborted by a concurrent action. */
export class AbortedError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, ABORTED);
  }
}
/** Raised when an operation iterates past the end: of a dataset, a queue or a file. */
export class OutOfRangeError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, OUT_OF_RANGE);
  }
}
/** Raised when an operation does not support otherwise valid arguments. */
export class UnimplementedError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, UNIMPLEMENTED);
  }
}
/** Raised when an invariant of the library is broken. */
export class InternalError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, INTERNAL);
  }
}
/** Raised when the runtime is currently unavailable. */
export class UnavailableError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, UNAVAILABLE);
  }
}
/** Raised when unrecoverable data loss or corruption is met, such as a truncated file. */
export class DataLossError extends OpError {
  constructor(node_def: unknown, op: Op, message: string) {
    super(node_def, op, message, DATA_LOSS);
  }
}

nameErrors({
  OpError,
  CancelledError,
  UnknownError,
  InvalidArgumentError,
  DeadlineExceededError,
  NotFoundError,
  AlreadyExistsError,
  PermissionDeniedError,
  UnauthenticatedError,
  ResourceExhaustedError,
  FailedPreconditionError,
  AbortedError,
  OutOfRangeError,
  UnimplementedError,
  InternalError,
  UnavailableError,
  DataLossError,
});

// ---- tf.errors: between codes and classes ----------------------------------------------------

/** A class of `tf.errors`, made as `new type(node_def, op, message)`. */
export type OpErrorType = new (node_def: unknown, op: Op, message: string) => OpError;

const TYPES = new Map<number, OpErrorType>([
  [CANCELLED, CancelledError],
  [UNKNOWN, UnknownError],
  [INVALID_ARGUMENT, InvalidArgumentError],
  [DEADLINE_EXCEEDED, DeadlineExceededError],
  [NOT_FOUND, NotFoundError],
  [ALREADY_EXISTS, AlreadyExistsError],
  [PERMISSION_DENIED, PermissionDeniedError],
  [UNAUTHENTICATED, UnauthenticatedError],
  [RESOURCE_EXHAUSTED, ResourceExhaustedError],
  [FAILED_PRECONDITION, FailedPreconditionError],
  [ABORTED, AbortedError],
  [OUT_OF_RANGE, OutOfRangeError],
  [UNIMPLEMENTED, UnimplementedError],
  [INTERNAL, InternalError],
  [UNAVAILABLE, UnavailableError],
  [DATA_LOSS, DataLossError],
]);
const CODES = new Map<unknown, number>([...TYPES].map(([code, type]) => [type, code]));

/** The class that stands for an error code. KeyError if none does. */
export function exception_type_from_error_code(error_code: number): OpErrorType {
  const type = TYPES.get(error_code);
  if (!type) throw new KeyError(String(error_code));
  return type;
}

/** The error code that a class of `tf.errors` stands for. KeyError if it is not one of them. */
export function error_code_from_exception_type(cls: unknown): number {
  const code = CODES.get(cls);
  if (code === undefined) throw new KeyError(typeof cls === 'function' ? cls.name : String(cls));
  return code;
}

/** The outcome of a call, as `raise_exception_on_not_ok_status` hands it out. */
export interface Status {
  code: number;
  message: string;
}

/** A context manager that gives a status to be set, and on exit raises the error that it says. */
export class raise_exception_on_not_ok_status {
  readonly status: Status = { code: OK, message: '' };
  enter(): Status {
    return this.status;
  }
  /** Raises for a status that is not OK, unless an error is already on its way. */
  exit(error?: unknown): boolean {
    const { code, message } = this.status;
    if (error !== undefined || code === OK) return false;
    const type = TYPES.get(code);
    throw type ? new type(null, null, message) : new UnknownError(null, null, message, code);
  }
}
