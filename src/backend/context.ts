/** What kernels are given: allocation, views, state. One context serves all steps of a session. */

import type { Data, DType } from '../core/dtype.ts';
import { float32, newData } from '../core/dtype.ts';
import { InternalError } from '../core/errors.ts';
import type { Attrs, Cell, KernelContext, Releasable, Value } from '../core/kernels.ts';
import type { Dims, Literal } from '../core/tensor.ts';
import { HEAP_MINIMUM, type Heap } from './heap.ts';
import type { SmallPool } from './small_pool.ts';
import { RunScope, SessionState, VariableCell } from './state.ts';
import { BackendValue, Buffer, handleValue, hostValue, sizeOf } from './value.ts';

/** Runs the functions of a graph. */
export interface FunctionCaller {
  call(name: string, inputs: readonly BackendValue[], context: RunContext): BackendValue[];
}

/** The context of a session's kernels. With a heap, large float32 results are allocated on it. */
export class RunContext implements KernelContext {
  readonly state_: SessionState;
  /** The name of the operation that runs; the runner sets it before each kernel. */
  nodeName = '';
  /** @internal */
  readonly heap: Heap | null;

  private readonly pool: SmallPool | null;
  private scope = new RunScope();
  private functions: FunctionCaller | null = null;
  /** The function whose body runs: its operations have state of their own. */
  private inFunction = '';

  constructor(state: SessionState, heap: Heap | null, pool: SmallPool | null = null) {
    this.state_ = state;
    this.heap = heap;
    this.pool = pool;
  }

  alloc(dtype: DType, shape: readonly number[]): BackendValue {
    const size = sizeOf(shape);
    if (dtype !== float32 || this.pool === null) {
      return hostValue(dtype, shape, newData(dtype, size));
    }
    if (size >= HEAP_MINIMUM && this.heap !== null) return this.heap.alloc(shape, size);
    const buffer = new Buffer(this.pool.give(size), null);
    buffer.pool = this.pool;
    return new BackendValue(dtype, shape, buffer);
  }

  zeros(dtype: DType, shape: readonly number[]): BackendValue {
    const value = this.alloc(dtype, shape);
    if (dtype === float32) (value.data as Float32Array).fill(0);
    return value;
  }

  wrap(dtype: DType, shape: readonly number[], data: Data): BackendValue {
    return hostValue(dtype, shape, data);
  }

  /** A constant's value, over the literal's own data; a large one is copied to the heap. */
  constant({ dtype, shape, data }: Literal): BackendValue {
    if (this.heap === null || dtype !== float32 || data.length < HEAP_MINIMUM) {
      return hostValue(dtype, shape, data);
    }
    return this.heap.upload(shape, data as Float32Array);
  }

  view(value: Value, shape: readonly number[], dtype: DType = value.dtype): BackendValue {
    return (value as BackendValue).view(shape, dtype);
  }

  handle(dtype: DType, object: object): BackendValue {
    return handleValue(dtype, object);
  }

  cell(value: Value): Cell {
    if (!(value.handle instanceof VariableCell)) {
      throw new InternalError(null, null, `The input of ${this.nodeName} is not a variable.`);
    }
    return value.handle;
  }

  variable(container: string, name: string, dtype: DType, dims: Dims): VariableCell {
    return this.state_.variable(container, name, dtype, dims);
  }

  resource<T extends object>(container: string, name: string, make: () => T): T {
    return this.state_.resource(container, name, make);
  }

  state<T>(make: () => T): T {
    return this.state_.operation(this.inFunction + this.nodeName, make);
  }

  /** Says who runs the graph's functions. */
  useFunctions(functions: FunctionCaller): void {
    this.functions = functions;
  }

  callFunction(name: string, inputs: readonly Value[]): readonly BackendValue[] {
    if (this.functions === null) {
      throw new InternalError(null, null, `There is no graph to find function ${name} in.`);
    }
    const { nodeName, inFunction } = this;
    this.inFunction = `${name}/`;
    try {
      return this.functions.call(name, inputs as readonly BackendValue[], this);
    } finally {
      this.inFunction = inFunction;
      this.nodeName = nodeName;
    }
  }

  untilRunEnds(resource: Releasable): void {
    this.scope.keep(resource);
  }

  /** Runs `body` as part of the run that `scope` belongs to. */
  within<R>(scope: RunScope, body: () => R): R {
    const outer = this.scope;
    this.scope = scope;
    try {
      return body();
    } finally {
      this.scope = outer;
    }
  }
}

/**
 * The context of eager kernels: values live on the host. Calls of one op with the same attributes
 * share their state, as TensorFlow's cached kernels do: a random stream goes on from call to call.
 */
export class EagerContext extends RunContext {
  private type = '';
  private attrs: Attrs = {};
  private readonly states = new Map<string, unknown>();

  constructor() {
    super(new SessionState(), null);
  }

  /** Says which call comes next. */
  enter(type: string, attrs: Attrs, nodeName: string): void {
    this.type = type;
    this.attrs = attrs;
    this.nodeName = nodeName;
  }

  /** Drops the state of all calls so far. */
  forget(): void {
    this.states.clear();
  }

  override variable(_container: string, name: string, dtype: DType, dims: Dims): VariableCell {
    return new VariableCell(name, dtype, dims);
  }

  /** Eager memory belongs to the collector. */
  override untilRunEnds(): void {}

  override state<T>(make: () => T): T {
    const key = `${this.type} ${JSON.stringify(this.attrs)}`;
    if (!this.states.has(key)) this.states.set(key, make());
    return this.states.get(key) as T;
  }
}
