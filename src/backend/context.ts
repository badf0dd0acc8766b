/** What kernels are given: allocation, views, state. One context serves all steps of a session. */

import type { Data, DType } from '../core/dtype.ts';
import { float32, newData } from '../core/dtype.ts';
import { InternalError } from '../core/errors.ts';
import type { Cell, KernelContext, Value } from '../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from './heap.ts';
import { SessionState, VariableCell } from './state.ts';
import { type BackendValue, handleValue, hostValue, sizeOf } from './value.ts';

/** The context of a session's kernels. With a heap, large float32 results are allocated on it. */
export class RunContext implements KernelContext {
  readonly state_: SessionState;
  /** The name of the operation that runs; the runner sets it before each kernel. */
  nodeName = '';
  /** @internal */
  readonly heap: Heap | null;

  constructor(state: SessionState, heap: Heap | null) {
    this.state_ = state;
    this.heap = heap;
  }

  alloc(dtype: DType, shape: readonly number[]): BackendValue {
    const size = sizeOf(shape);
    if (this.heap !== null && dtype === float32 && size >= HEAP_MINIMUM)
      return this.heap.alloc(shape, size);
    return hostValue(dtype, shape, newData(dtype, size));
  }

  zeros(dtype: DType, shape: readonly number[]): BackendValue {
    const value = this.alloc(dtype, shape);
    if (value.buffer.heap) (value.data as Float32Array).fill(0);
    return value;
  }

  wrap(dtype: DType, shape: readonly number[], data: Data): BackendValue {
    return hostValue(dtype, shape, data);
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

  variable(container: string, name: string, dtype: DType): VariableCell {
    return this.state_.variable(container, name, dtype);
  }

  resource<T extends object>(container: string, name: string, make: () => T): T {
    return this.state_.resource(container, name, make);
  }

  state<T>(make: () => T): T {
    return this.state_.operation(this.nodeName, make);
  }
}

/** The context of eager kernels: values live on the host, and each call is an operation of its own. */
export class EagerContext extends RunContext {
  constructor() {
    super(new SessionState(), null);
  }

  override variable(_container: string, name: string, dtype: DType): VariableCell {
    return new VariableCell(name, dtype);
  }

  override state<T>(make: () => T): T {
    return make();
  }
}
