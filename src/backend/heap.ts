/**
 * The wasm heap of tfjs, as a place for large float32 values. Blocks are tfjs data ids, so that its
 * kernels and ours read the same memory; views are taken anew after each allocation, for the heap
 * may have moved.
 */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tfjs from '@tensorflow/tfjs-core';
import { float32 } from '../core/dtype.ts';
import type { Value } from '../core/kernels.ts';
import { BackendValue, Buffer, type HeapBlock, sizeOf } from './value.ts';
import { installKernels } from './wasm/product.ts';

/** Smaller values stay in JavaScript's memory, where a kernel call costs less than a wasm call. */
export const HEAP_MINIMUM = 4096;

/** One float32 tensor of tfjs's wasm backend. */
class Block implements HeapBlock {
  readonly dataId: object;
  private readonly backend: BackendWasm;
  private readonly size: number;

  constructor(backend: BackendWasm, dataId: object, size: number) {
    this.backend = backend;
    this.dataId = dataId;
    this.size = size;
  }

  view(): Float32Array {
    return this.backend.typedArrayFromHeap({
      dataId: this.dataId,
      shape: [this.size],
      dtype: 'float32',
    }) as Float32Array;
  }

  free(): void {
    this.backend.disposeData(this.dataId, true);
  }

  copy(): Block {
    const { dataId } = this.backend.makeOutput([this.size], 'float32');
    const copy = new Block(this.backend, dataId, this.size);
    copy.view().set(this.view());
    return copy;
  }

  /** tfjs keeps packed weights by tensor id; after a write in place the id is registered anew. */
  touch(): void {
    const { id, memoryOffset } = this.backend.dataIdMap.get(this.dataId);
    this.backend.wasm.tfjs.disposeData(id);
    this.backend.wasm.tfjs.registerTensor(id, this.size, memoryOffset);
  }
}

/** The attributes of a tfjs kernel call. */
type KernelAttrs = Readonly<Record<string, unknown>>;

/** Allocation on the heap, and calls of tfjs's kernels over it. */
export class Heap {
  private readonly backend: BackendWasm;

  constructor(backend: BackendWasm) {
    this.backend = backend;
  }

  /** How many blocks are in use: none after a run but those of variables. */
  get blocks(): number {
    return this.backend.numDataIds();
  }

  /** A block for `shape` whose contents are not yet set. */
  alloc(shape: readonly number[], size: number): BackendValue {
    const { dataId } = this.backend.makeOutput([...shape], 'float32');
    return this.adopt(dataId, shape, size);
  }

  /** `data` on the heap. */
  upload(shape: readonly number[], data: Float32Array): BackendValue {
    const value = this.alloc(shape, data.length);
    (value.data as Float32Array).set(data);
    return value;
  }

  private adopt(dataId: object, shape: readonly number[], size: number): BackendValue {
    return new BackendValue(
      float32,
      shape,
      new Buffer(null, new Block(this.backend, dataId, size)),
    );
  }

  /**
   * Calls tfjs kernel `name` on float32 values. Inputs on the host are copied to the heap for the
   * call; the result stays on the heap.
   */
  run(
    name: string,
    inputs: Readonly<Record<string, Value>>,
    attrs: KernelAttrs = {},
  ): BackendValue {
    const kernel = tfjs.getKernel(name, 'wasm');
    if (!kernel) throw new Error(`tfjs has no wasm kernel '${name}'.`);
    const copies: object[] = [];
    const infos: tfjs.NamedTensorInfoMap = {};
    try {
      for (const key in inputs) infos[key] = this.info(inputs[key]!, copies);
      const call = { inputs: infos, attrs: attrs as tfjs.NamedAttrMap, backend: this.backend };
      const output = kernel.kernelFunc(call) as tfjs.TensorInfo;
      return this.adopt(output.dataId, output.shape, sizeOf(output.shape));
    } finally {
      for (const dataId of copies) this.backend.disposeData(dataId, true);
    }
  }

  private info(value: Value, copies: object[]): tfjs.TensorInfo {
    const shape = [...value.shape];
    const { heap } = (value as BackendValue).buffer;
    if (heap) return { dataId: (heap as Block).dataId, shape, dtype: 'float32' };
    const dataId = this.backend.write(value.data as Float32Array, shape, 'float32');
    copies.push(dataId);
    return { dataId, shape, dtype: 'float32' };
  }
}

/** The heap of tfjs's wasm backend, loaded once; `null` where wasm cannot load. */
export async function loadHeap(): Promise<Heap | null> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const listeners = events.map((event) => globalThis.process?.listeners?.(event as 'exit') ?? []);
  try {
    await import('@tensorflow/tfjs-backend-wasm');
    tfjs.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    if (!(await tfjs.setBackend('wasm'))) return null;
    await tfjs.ready();
    const backend = tfjs.backend() as BackendWasm;
    installKernels(backend);
    return new Heap(backend);
  } catch {
    return null;
  } finally {
    // The module of emscripten catches the whole process's errors; those are not its own.
    events.forEach((event, i) => {
      for (const listener of globalThis.process?.listeners?.(event as 'exit') ?? []) {
        if (!listeners[i]!.includes(listener)) process.off(event, listener);
      }
    });
  }
}
