/** What a session keeps between runs: variables, other resources, and each operation's own state. */

import type { Data, DType } from '../core/dtype.ts';
import { FailedPreconditionError, withHint } from '../core/errors.ts';
import type { Cell, Releasable, Value } from '../core/kernels.ts';
import type { Dims } from '../core/tensor.ts';
import { BackendValue, Buffer, hostValue } from './value.ts';

/** What to do where a variable has no value yet. */
const INITIALIZE =
  'Give variables their first values: sess.run(tf.global_variables_initializer()) after the last one is built, or restore a checkpoint.';

/** The error of reading a variable that has no value yet; `text` is TensorFlow's. */
export function uninitialized(text: string): FailedPreconditionError {
  return new FailedPreconditionError(null, null, withHint(text, INITIALIZE));
}

/** A variable's storage. */
export class VariableCell implements Cell {
  readonly name: string;
  readonly dtype: DType;
  readonly dims: Dims;
  private current: BackendValue | null = null;

  constructor(name: string, dtype: DType, dims: Dims) {
    this.name = name;
    this.dtype = dtype;
    this.dims = dims;
  }

  get value(): BackendValue | null {
    return this.current;
  }

  set(value: Value): void {
    const kept = keptValue(value as BackendValue, this.dtype);
    this.current?.release();
    this.current = kept;
  }

  adopt(value: Value): void {
    this.current?.release();
    this.current = value as BackendValue;
  }

  writable(): BackendValue {
    if (this.current === null) {
      throw uninitialized(`Attempting to use uninitialized value ${this.name}`);
    }
    if (this.current.buffer.refs > 1) {
      const copy = copyOf(this.current);
      this.current.release();
      this.current = copy;
    } else this.current.buffer.heap?.touch();
    return this.current;
  }

  /** Gives the value's memory back. */
  clear(): void {
    this.current?.release();
    this.current = null;
  }
}

/** `value` for longer than the run: held once more, or copied where its numbers belong to the caller. */
export function keptValue(value: BackendValue, dtype: DType = value.dtype): BackendValue {
  return value.buffer.foreign ? copyOf(value) : value.view(value.shape, dtype);
}

function copyOf({ dtype, shape, data, buffer }: BackendValue): BackendValue {
  if (buffer.heap) return new BackendValue(dtype, shape, new Buffer(null, buffer.heap.copy()));
  return hostValue(dtype, shape, data.slice() as Data);
}

/** An object of a session that holds values: a queue, say. */
export abstract class SessionResource implements Releasable {
  /** Gives the values' memory back, when the session closes. */
  abstract release(): void;
}

/** Everything that one session remembers. */
export class SessionState {
  private readonly resources = new Map<string, object>();
  private readonly operations = new Map<string, unknown>();

  /** The object `name` of `container`, made at first use. */
  resource<T extends object>(container: string, name: string, make: () => T): T {
    const key = `${container}/${name}`;
    const found = this.resources.get(key) as T | undefined;
    if (found) return found;
    const made = make();
    this.resources.set(key, made);
    return made;
  }

  /** The cell of variable `name`. */
  variable(container: string, name: string, dtype: DType, dims: Dims): VariableCell {
    return this.resource(container, name, () => new VariableCell(name, dtype, dims));
  }

  /** What operation `name` keeps, made at first use. */
  operation<T>(name: string, make: () => T): T {
    if (!this.operations.has(name)) this.operations.set(name, make());
    return this.operations.get(name) as T;
  }

  /** Every variable that this session has seen. */
  *variables(): Iterable<VariableCell> {
    for (const object of this.resources.values()) if (object instanceof VariableCell) yield object;
  }

  /** Gives all memory back. */
  clear(): void {
    for (const cell of this.variables()) cell.clear();
    for (const kept of [...this.resources.values(), ...this.operations.values()]) {
      if (kept instanceof SessionResource) kept.release();
    }
    this.resources.clear();
    this.operations.clear();
  }
}

/** What lives as long as one run: tensor arrays, stacks. */
export class RunScope implements Releasable {
  private held: Releasable[] | null = null;

  /** Releases `resource` together with this scope. */
  keep(resource: Releasable): void {
    this.held ??= [];
    this.held.push(resource);
  }

  /** Gives all memory back. */
  release(): void {
    if (this.held === null) return;
    for (const resource of this.held) resource.release();
    this.held = null;
  }
}
