/** Matrix products: the generated kernel takes any strides, so a transposed operand costs nothing. */

import { float32 } from '../../core/dtype.ts';
import type { Heap } from '../heap.ts';
import { gemm } from '../host/gemm.ts';
import { type Command, type Place, type PlacedNode, placed, type Translation } from './registry.ts';

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
): Translation | null {
  if (a!.dtype !== float32) return null;
  const [m, n] = c!.shape.slice(-2) as [number, number];
  const k = a!.shape.at(transposeA ? -2 : -1)!;
  const batch = c!.shape.slice(0, -2).reduce((product, size) => product * size, 1);
  const product = { batch, m, n, k, transposeA, transposeB };
  return {
    role: 'call',
    reads: [0, 1],
    writes: [],
    emit: ([x, y], [z], heap) => multiply(product, x!, y!, z!, heap),
  };
}

function multiply(p: Product, a: Place, b: Place, c: Place, heap: Heap): Command {
  const { batch, m, n, k, transposeA, transposeB } = p;
  const [aRow, aColumn] = transposeA ? [1, m] : [k, 1];
  const [bRow, bColumn] = transposeB ? [1, k] : [n, 1];
  return () => {
    const data = heap.numbers;
    for (let i = 0; i < batch; i++) {
      gemm(
        m,
        n,
        k,
        { data, offset: a.home.at / 4 + i * m * k, row: aRow, column: aColumn },
        { data, offset: b.home.at / 4 + i * k * n, row: bRow, column: bColumn },
        { data, offset: c.home.at / 4 + i * m * n, row: n, column: 1 },
        false,
      );
    }
  };
}
