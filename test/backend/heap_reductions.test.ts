/** Reductions, softmax and cross entropies on the wasm heap give what the host gives, for odd numbers too. */

import { expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { RunContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { SmallPool } from '../../src/backend/small_pool.ts';
import { SessionState } from '../../src/backend/state.ts';
import { type BackendValue, hostValue } from '../../src/backend/value.ts';
import { float32, int32 } from '../../src/core/dtype.ts';
import type { Attrs, Value } from '../../src/core/kernels.ts';

const context = new RunContext(new SessionState(), heap, new SmallPool());
const ODD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 1e-41, 3e38];

/** Numbers, of which about `odd` in a thousand are odd. */
function numbers(size: number, phase: number, odd = 0): Float32Array {
  return Float32Array.from({ length: size }, (_, i) =>
    (i * 7919 + phase * 31) % 1000 < odd
      ? ODD[(i + phase) % ODD.length]!
      : 5 * Math.sin(i * 1.3 + phase),
  );
}

/** Runs a kernel in both places; checks that it ran on the heap at all, and that results are close. */
function agree(
  type: string,
  heaped: readonly BackendValue[],
  others: readonly Value[],
  attrs: Attrs,
): void {
  const before = heap!.blocks;
  const inputs = [...heaped, ...others];
  const run = (where: typeof heap) =>
    [kernelOf(type, where)!(inputs, attrs, context)].flat() as BackendValue[];
  const expected = run(null);
  const actual = run(heap);
  expected.forEach((e, o) => {
    const a = actual[o]!;
    expect(a.shape).toEqual(e.shape);
    const [p, q] = [a.data as Float32Array, e.data as Float32Array];
    const wrong = [...q.keys()].filter((i) => {
      const [x, y] = [p[i]!, q[i]!];
      return !(Object.is(x, y) || x === y || Math.abs(x - y) <= 3e-6 * Math.max(1, Math.abs(y)));
    });
    expect(wrong.map((i) => [i, p[i], q[i]])).toEqual([]);
  });
  for (const value of [...expected, ...actual]) value.release();
  expect(heap!.blocks).toBe(before);
}

const SHAPES: [number[], number[]][] = [
  [[5003], [0]],
  [[70, 61], [0]],
  [[70, 61], [1]],
  [
    [4099, 1],
    [0, 1],
  ],
  [
    [4099, 1],
    [1, 0],
  ],
  [[3, 1367], [-1]],
  [[2100, 3], [0]],
  [[7, 25, 33], [1]],
  [
    [7, 25, 33],
    [0, 2],
  ],
  [
    [7, 25, 33],
    [0, 1, 2],
  ],
  [
    [5, 6, 7, 8, 9],
    [0, 2, 4],
  ],
];

test.each(
  SHAPES.flatMap((shape) => ['Sum', 'Mean', 'Max', 'Min'].map((type) => [type, ...shape] as const)),
)('%s of %p over %p', (type, shape, axes) => {
  const size = shape.reduce((a, b) => a * b, 1);
  for (const odd of [0, 2]) {
    const x = heap!.upload(shape, numbers(size, 1, odd));
    const axesValue = hostValue(int32, [axes.length], Int32Array.from(axes));
    for (const keep_dims of [false, true]) agree(type, [x], [axesValue], { keep_dims });
    x.release();
  }
});

test('L2Loss and BiasAddGrad', () => {
  const x = heap!.upload([10, 10, 67], numbers(6700, 2));
  agree('L2Loss', [x], [], {});
  agree('BiasAddGrad', [x], [], { data_format: 'NHWC' });
  agree('BiasAddGrad', [x], [], { data_format: 'NCHW' });
  x.release();
});

test.each([
  [700, 10],
  [100, 63],
  [5000, 1],
  [3, 2001],
  [5, 1000],
])('softmax and cross entropies of %p x %p', (rows, depth) => {
  for (const odd of [0, 3]) {
    const logits = heap!.upload([rows, depth], numbers(rows * depth, 3, odd));
    agree('Softmax', [logits], [], {});
    agree('LogSoftmax', [logits], [], {});
    const hot = new Float32Array(rows * depth);
    const classes = Int32Array.from({ length: rows }, (_, r) => (r * 3) % depth);
    classes.forEach((c, r) => {
      hot[r * depth + c] = 1;
    });
    const labels = heap!.upload([rows, depth], hot);
    const soft = heap!.upload(
      [rows, depth],
      numbers(rows * depth, 4).map((v) => v / 5 + 1),
    );
    agree('SoftmaxCrossEntropyWithLogits', [logits, labels], [], {});
    agree('SoftmaxCrossEntropyWithLogits', [logits], [hostValue(float32, [rows, depth], hot)], {});
    agree('SoftmaxCrossEntropyWithLogits', [logits, soft], [], {});
    agree('SparseSoftmaxCrossEntropyWithLogits', [logits], [hostValue(int32, [rows], classes)], {});
    for (const value of [logits, labels, soft]) value.release();
  }
});
