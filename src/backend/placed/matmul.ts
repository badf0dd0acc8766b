/** Matrix products: the generated kernel takes any strides, so a transposed operand costs nothing. */

import { activationNumber } from '../../compiler/gemm.ts';
import { float32 } from '../../core/dtype.ts';
import { heapProduct } from '../wasm/product.ts';
import {
  type Activation,
  type Call,
  type Command,
  type Place,
  type PlacedNode,
  placed,
} from './registry.ts';

/** A product of matrices, or of a batch of them. */
interface Product {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

placed('MatMul', (node) => {
  const { transpose_a, transpose_b } = node.attrs;
  return productOf(node, transpose_a as boolean, transpose_b as boolean);
});
for (const type of ['BatchMatMul', 'BatchMatMulV2']) {
  placed(type, (node) => {
    const [x, y] = node.inputs.map(({ shape }) => shape.slice(0, -2).join());
    if (x !== y) return null;
    return productOf(node, node.attrs.adj_x as boolean, node.attrs.adj_y as boolean);
  });
}

function productOf(
  { inputs: [a], outputs: [c] }: PlacedNode,
  transposeA: boolean,
  transposeB: boolean,
): Call | null {
  if (a!.dtype !== float32 || heapProduct() === null) return null;
  const [m, n] = c!.shape.slice(-2) as [number, number];
  const k = a!.shape.at(transposeA ? -2 : -1)!;
  const batch = c!.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const product = { batch, m, n, k, transposeA, transposeB };
  return {
    role: 'call',
    reads: [0, 1],
    writes: [],
    emit: ([x, y], [z]) => multiply(product, x!, y!, z!),
    withEpilogue: (activation) => ({
      role: 'call',
      reads: [0, 1, 2],
      writes: [],
      emit: ([x, y, bias], [z]) => multiply(product, x!, y!, z!, bias, activation),
    }),
  };
}

const FLOAT = 4;
const NO_ROW = { at: 0 };

function multiply(
  { batch, m, n, k, transposeA, transposeB }: Product,
  { home: a }: Place,
  { home: b }: Place,
  { home: c }: Place,
  bias?: Place,
  activation: Activation = 'none',
): Command {
  const run = heapProduct()!;
  const [aRow, aColumn] = transposeA ? [FLOAT, FLOAT * m] : [FLOAT * k, FLOAT];
  const [bRow, bColumn] = transposeB ? [FLOAT, FLOAT * k] : [FLOAT * n, FLOAT];
  const cRow = FLOAT * n;
  const row = bias?.home ?? NO_ROW;
  const end = activationNumber(activation);
  if (batch === 1) {
    return () => run(m, n, k, a.at, aRow, aColumn, b.at, bRow, bColumn, c.at, cRow, 0, row.at, end);
  }
  const [aStep, bStep, cStep] = [FLOAT * m * k, FLOAT * k * n, FLOAT * m * n];
  return () => {
    let [x, y, z] = [a.at, b.at, c.at];
    for (let i = 0; i < batch; i++) {
      run(m, n, k, x, aRow, aColumn, y, bRow, bColumn, z, cRow, 0, row.at, end);
      x += aStep;
      y += bStep;
      z += cStep;
    }
  };
}
