/**
 * The wasm heap of tfjs, as a place for large float32 values. Blocks are tfjs data ids, so that its
 * kernels and ours read the same memory; views are taken anew after each allocation, for the heap
 * may have moved.
 */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tfjs from '@tensorflow/tfjs-core';
import { float32 } from '../core/dtype.ts';
import { ResourceExhaustedError } from '../core/errors.ts';
import type { Value } from '../core/kernels.ts';
import { BackendValue, Buffer, type HeapBlock, sizeOf } from './value.ts';
import { installKernels } from './wasm/product.ts';

/** Smaller values stay in JavaScript's memory, where a kernel call costs less than a wasm call. */
export const HEAP_MINIMUM = 4096;

/** The memory of the heap; another one after each time it grew. */
function memoryOf({ wasm }: BackendWasm): ArrayBufferLike {
  const module: object = wasm;
  return (module as { readonly HEAPU8: Uint8Array }).HEAPU8.buffer;
}

/** One float32 tensor of tfjs's wasm backend. */
class Block implements HeapBlock {
  readonly dataId: object;
  readonly address: number;
  private readonly backend: BackendWasm;
  private readonly size: number;
  private numbers: Float32Array = new Float32Array();
  private isStale = false;

  constructor(backend: BackendWasm, dataId: object, size: number) {
    this.backend = backend;
    this.dataId = dataId;
    this.size = size;
    this.address = backend.getMemoryOffset(dataId);
  }

  view(): Float32Array {
    const memory = memoryOf(this.backend);
    if (this.numbers.buffer !== memory) {
      this.numbers = new Float32Array(memory, this.address, this.size);
    }
    return this.numbers;
  }

  free(): void {
    this.backend.disposeData(this.dataId, true);
  }

  copy(): Block {
    const copy = new Block(this.backend, newDataId(this.backend, this.size), this.size);
    copy.view().set(this.view());
    return copy;
  }

  touch(): void {
    this.isStale = true;
  }

  /** tfjs keeps packed weights by tensor id; after a write in place the id is registered anew. */
  refresh(): void {
    if (!this.isStale) return;
    this.isStale = false;
    const { id } = this.backend.dataIdMap.get(this.dataId);
    this.backend.wasm.tfjs.disposeData(id);
    this.backend.wasm.tfjs.registerTensor(id, this.size, this.address);
  }
}

/** Some floats in the middle of a block, which stay where they are as long as the block does. */
export class Part implements HeapBlock {
  readonly address: number;
  private readonly backend: BackendWasm;
  private readonly size: number;
  private id: object | null = null;
  private numbers: Float32Array = new Float32Array();

  constructor(backend: BackendWasm, address: number, size: number) {
    this.backend = backend;
    this.address = address;
    this.size = size;
  }

  view(): Float32Array {
    const memory = memoryOf(this.backend);
    if (this.numbers.buffer !== memory) {
      this.numbers = new Float32Array(memory, this.address, this.size);
    }
    return this.numbers;
  }

  /** tfjs hears of it when one of its kernels reads it. */
  get dataId(): object {
    this.id ??= this.backend.makeOutput([this.size], 'float32', this.address).dataId;
    return this.id;
  }

  /** Its numbers change with every run, so no kernel may remember anything of them. */
  refresh(): void {
    this.free();
  }

  copy(): Block {
    const copy = new Block(this.backend, newDataId(this.backend, this.size), this.size);
    copy.view().set(this.view());
    return copy;
  }

  touch(): void {}

  /** Lets tfjs forget it; the memory is the block's. */
  free(): void {
    if (this.id === null) return;
    this.backend.wasm.tfjs.disposeData(this.backend.dataIdMap.get(this.id).id);
    this.backend.dataIdMap.delete(this.id);
    this.id = null;
  }
}

/** A new block of `size` floats. ResourceExhaustedError where the heap is full. */
function newDataId(backend: BackendWasm, size: number): object {
  const { dataId } = backend.makeOutput([size], 'float32');
  if (size === 0 || backend.getMemoryOffset(dataId) !== 0) return dataId;
  backend.disposeData(dataId, true);
  throw new ResourceExhaustedError(
    null,
    null,
    `OOM when allocating tensor with shape[${size}] and type float on the wasm heap, which has 4 GiB at most`,
  );
}

/** The attributes of a tfjs kernel call. */
type KernelAttrs = Readonly<Record<string, unknown>>;

/** Allocation on the heap, and calls of tfjs's kernels over it. */
export class Heap {
  private readonly backend: BackendWasm;
  private floats: Float32Array = new Float32Array();
  private integers: Int32Array = new Int32Array();

  constructor(backend: BackendWasm) {
    this.backend = backend;
  }

  /** The whole heap as floats; the index is an address divided by 4. Valid until the next allocation. */
  get numbers(): Float32Array {
    const memory = memoryOf(this.backend);
    if (this.floats.buffer !== memory) this.floats = new Float32Array(memory);
    return this.floats;
  }

  /** How many blocks are in use: none after a run but those of variables. */
  get blocks(): number {
    return this.backend.numDataIds();
  }

  /** A block for `shape` whose contents are not yet set. */
  alloc(shape: readonly number[], size: number): BackendValue {
    return this.adopt(newDataId(this.backend, size), shape, size);
  }

  /** `data` on the heap. */
  upload(shape: readonly number[], data: Float32Array): BackendValue {
    const value = this.alloc(shape, data.length);
    (value.data as Float32Array).set(data);
    return value;
  }

  /** The floats of `shape` at `address`, which lies in a block that outlives them. */
  part(shape: readonly number[], address: number): BackendValue {
    const buffer = new Buffer(null, new Part(this.backend, address, sizeOf(shape)));
    buffer.foreign = true;
    return new BackendValue(float32, shape, buffer);
  }

  /** The same memory as 32-bit integers. */
  get words(): Int32Array {
    const memory = memoryOf(this.backend);
    if (this.integers.buffer !== memory) this.integers = new Int32Array(memory);
    return this.integers;
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
    if (heap) {
      const block = heap as Block | Part;
      block.refresh();
      return { dataId: block.dataId, shape, dtype: 'float32' };
    }
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
