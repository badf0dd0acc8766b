/**
 * The generated matrix product on the wasm heap. Operands that lie on the heap are used where they
 * are; others are copied through a scratch area, which pays from a few thousand products on.
 */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { blockBytes, FEW, gemmModule, PANEL_BYTES, relaxedModule } from '../../compiler/gemm.ts';
import type { Matrix } from '../host/gemm.ts';
import { useProduct } from '../host/gemm.ts';
import { installElementwise } from './elementwise.ts';
import { installGenerated } from './generated.ts';
import { aligned } from './window_kernels.ts';

/** Below this many multiplications the plain loop is faster than copying operands. */
const MINIMUM_WORK = 2048;
/** Columns of B that are packed at once. */
const COLUMNS = 2048;
/** Bytes of the scratch area, reserved once: growing the heap later would move views that kernels hold. */
const SCRATCH_BYTES = 32 * 2 ** 20;
const ALIGNMENT = 16;

type Gemm = (...parameters: number[]) => void;

/**
 * C (+)= A B of matrices on the heap, m x k and k x n: addresses and steps in bytes, from row to row and
 * from column to column; the columns of C lie one after the other. At the end the row at `bias` is added,
 * if it is not 0, and an activation applied, which `activationNumber` numbers.
 */
export type HeapProduct = (
  m: number,
  n: number,
  k: number,
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  c: number,
  cRow: number,
  accumulate: 0 | 1,
  bias: number,
  activation: number,
) => void;

let heapMultiply: HeapProduct | null = null;

/** The product over the heap; `null` where there is none. */
export function heapProduct(): HeapProduct | null {
  return heapMultiply;
}

/** A matrix on the heap: its address, and its steps in bytes. */
interface Place {
  readonly address: number;
  readonly row: number;
  readonly column: number;
}

/** The kernels over one heap. Where the engine has fused instructions they are a quarter faster. */
function compile(memory: WebAssembly.Memory): { readonly gemm: Gemm; readonly fewRows: Gemm } {
  const bytes = gemmModule(WebAssembly.validate(relaxedModule() as BufferSource));
  const module = new WebAssembly.Module(bytes as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { gemm: exports.gemm as Gemm, fewRows: exports.fewRows as Gemm };
}

/** Runs products over one heap. */
class WasmProduct {
  private readonly memory: WebAssembly.Memory;
  /** Made at the first product. */
  private kernels: ReturnType<typeof compile> | null = null;
  private readonly panel: number;
  private readonly block: number;
  private readonly scratch: number;
  private readonly end: number;
  private used = 0;

  constructor(memory: WebAssembly.Memory, malloc: (bytes: number) => number) {
    this.memory = memory;
    this.panel = aligned(malloc(SCRATCH_BYTES) >>> 0);
    this.block = aligned(this.panel + PANEL_BYTES);
    this.scratch = aligned(this.block + blockBytes(COLUMNS));
    this.end = this.panel + SCRATCH_BYTES - ALIGNMENT;
  }

  /** Computes C (+)= A B if it can and if it pays; whether it did. */
  run(
    m: number,
    n: number,
    k: number,
    a: Matrix,
    b: Matrix,
    c: Matrix,
    accumulate: boolean,
  ): boolean {
    if (m * n * k < MINIMUM_WORK || !this.takes(a, b, c, m, n)) return false;
    this.used = this.scratch;
    const left = this.place(a, m, k, true);
    const right = left && this.place(b, k, n, true);
    const result = right && this.place(c, m, n, accumulate);
    if (!left || !right || !result) return false;
    this.multiply(
      m,
      n,
      k,
      left.address,
      left.row,
      left.column,
      right.address,
      right.row,
      right.column,
      result.address,
      result.row,
      accumulate ? 1 : 0,
      0,
      0,
    );
    if (!this.isOnHeap(c)) this.copyOut(c, m, n, result.address);
    return true;
  }

  /** The product of matrices on the heap, some columns at a time. */
  readonly multiply: HeapProduct = (
    m,
    n,
    k,
    a,
    aRow,
    aColumn,
    b,
    bRow,
    bColumn,
    c,
    cRow,
    accumulate,
    bias,
    activation,
  ) => {
    this.kernels ??= compile(this.memory);
    const { panel, block, kernels } = this;
    if (m < FEW && bColumn === 4) {
      kernels.fewRows(m, n, k, a, aRow, aColumn, b, bRow, c, cRow, accumulate, bias, activation);
      return;
    }
    for (let j = 0; j < n; j += COLUMNS) {
      kernels.gemm(
        m,
        n - j < COLUMNS ? n - j : COLUMNS,
        k,
        a,
        aRow,
        aColumn,
        b + j * bColumn,
        bRow,
        bColumn,
        c + 4 * j,
        cRow,
        panel,
        block,
        accumulate,
        bias === 0 ? 0 : bias + 4 * j,
        activation,
      );
    }
  };

  private takes(a: Matrix, b: Matrix, c: Matrix, m: number, n: number): boolean {
    if (
      !(
        a.data instanceof Float32Array &&
        b.data instanceof Float32Array &&
        c.data instanceof Float32Array
      )
    )
      return false;
    return c.column === 1 && (this.isOnHeap(c) || c.row === n || m === 1);
  }

  private isOnHeap({ data }: Matrix): boolean {
    return data.buffer === this.memory.buffer;
  }

  /** Where a matrix lies on the heap, copied there if it has to be; `null` if there is no room. */
  private place(x: Matrix, rows: number, columns: number, copy: boolean): Place | null {
    const { data, offset, row, column } = x;
    const steps = { row: 4 * row, column: 4 * column };
    if (this.isOnHeap(x)) return { address: data.byteOffset + 4 * offset, ...steps };
    const size = (rows - 1) * row + (columns - 1) * column + 1;
    const address = aligned(this.used);
    if (address + 4 * size > this.end) return null;
    this.used = address + 4 * size;
    if (copy) this.view(address, size).set((data as Float32Array).subarray(offset, offset + size));
    return { address, ...steps };
  }

  private copyOut({ data, offset }: Matrix, m: number, n: number, address: number): void {
    (data as Float32Array).set(this.view(address, m * n), offset);
  }

  private view(address: number, size: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, size);
  }
}

/** What emscripten's module has and tfjs does not declare. */
interface EmscriptenModule {
  readonly asm: Readonly<Record<string, unknown>>;
  _malloc(bytes: number): number;
}

/** Makes products and windows use the heap of `backend`, if its memory can be reached. */
export function installKernels(backend: BackendWasm): void {
  const wasm: object = backend.wasm;
  const { asm, _malloc } = wasm as EmscriptenModule;
  const memory = Object.values(asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (!memory) return;
  const product = new WasmProduct(memory as WebAssembly.Memory, _malloc);
  useProduct((...call) => product.run(...call));
  heapMultiply = product.multiply;
  installElementwise(memory as WebAssembly.Memory, _malloc);
  installGenerated(memory as WebAssembly.Memory);
}
