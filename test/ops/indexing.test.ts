/** `t.at(...)` takes what `NdArray.at(...)` takes, of any shape; its gradient puts it back. */

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as tf from 'tf1';

type Spec = number | string | null;

/** A shape, and index specs that fit it. */
const indexing = fc
  .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })
  .chain((shape) => {
    const part = fc.option(fc.integer({ min: -5, max: 5 }), { nil: '' });
    const slice = fc
      .tuple(part, part, fc.constantFrom<number | ''>('', 1, 2, -1, -2))
      .map(([start, stop, step]): Spec => `${start}:${stop}:${step}`);
    const specs = shape.map((dim) =>
      fc.oneof(slice, fc.integer({ min: -dim, max: dim - 1 }) as fc.Arbitrary<Spec>),
    );
    return fc.tuple(
      fc.constant(shape),
      fc.tuple(...specs),
      fc.constantFrom<Spec | undefined>(undefined, null, '...'),
      fc.nat(shape.length),
    );
  })
  .map(([shape, specs, extra, at]) => {
    const all: Spec[] = [...specs];
    if (extra !== undefined) all.splice(at, extra === '...' ? all.length - at : 0, extra);
    return { shape, specs: all };
  });

/** Nested lists for arrays, scalars as they are. */
function plainly(value: unknown): unknown {
  return value instanceof tf.NdArray ? value.tolist() : value;
}

test('takes what an array takes, in graph and eager mode', () => {
  fc.assert(
    fc.property(indexing, ({ shape, specs }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const array = new tf.NdArray(
        tf.float32,
        shape,
        Float32Array.from({ length: size }, (_, i) => i),
      );
      const wanted = plainly(array.at(...specs));
      tf.with(new tf.Graph().as_default(), () => {
        const x = tf.placeholder(
          tf.float32,
          shape.map(() => null),
        );
        const y = x.at(...specs);
        const [dx] = tf.gradients(y, [x]);
        tf.with(new tf.Session(), (session) => {
          const feed_dict = [[x, array]];
          const [value, gradient] = (session as tf.Session).run([y, dx], {
            feed_dict,
          }) as unknown[];
          expect(plainly(value)).toEqual(wanted);
          const chosen = new Set<unknown>([wanted].flat(9));
          const marks = Array.from((gradient as tf.NdArray).data as Float32Array);
          expect(marks).toEqual(marks.map((_, i) => (chosen.has(i) ? 1 : 0)));
        });
      });
    }),
    { numRuns: 150 },
  );
});

test('members may be tensors', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.constant([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const n = tf.placeholder(tf.int32, []);
    const parts = [x.at(n), x.at({ start: n }, 0), x.at(':', { stop: n, step: 2 }), x.at(-1, n)];
    tf.with(new tf.Session(), (session) => {
      const values = (session as tf.Session).run(parts, { feed_dict: [[n, 1]] }) as unknown[];
      expect(values.map(plainly)).toEqual([[4, 5, 6], [4], [[1], [4]], 5]);
    });
  });
});

test('refuses what Python refuses', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.zeros([3]);
    expect(() => x.at(3)).toThrow('slice index 3 of dimension 0 out of bounds.');
    expect(() => x.at(0, 0)).toThrow('Index out of range using input dim 1; input has only 1 dims');
    expect(() => x.at('::0')).toThrow('strides[0] must be non-zero');
    expect(() => x.at(1.5)).toThrow('only integers, slices');
  });
});
