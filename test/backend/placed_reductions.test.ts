/** Reductions with fixed addresses give what the host's kernels do, over any axes. */

import { test } from '@jest/globals';
import { expectClose, floats, hostResults, placedResults, sizes } from './placed_calls.ts';

const SHAPES = [
  [7],
  [5, 9],
  [3, 1, 6],
  [4, 5, 6],
  [2, 3, 4, 5],
  [2, 1, 3, 2, 4],
  [2, 3, 2, 3, 2, 3],
];

/** Every choice of axes. */
const choices = (rank: number) =>
  Array.from({ length: 2 ** rank - 1 }, (_, bits) =>
    Array.from({ length: rank }, (_, axis) => axis).filter((axis) => ((bits + 1) >> axis) & 1),
  );

test.each(['Sum', 'Mean', 'Max', 'Min'])('%s', (type) => {
  for (const shape of SHAPES) {
    for (const axes of choices(shape.length)) {
      // A reduction over dimensions of one element is no call.
      if (axes.every((axis) => shape[axis] === 1)) continue;
      const turned = axes.map((axis, i) => (i % 2 === 0 ? axis : axis - shape.length));
      const inputs = [floats(...shape), sizes(...turned)];
      const attrs = { keep_dims: axes.length % 2 === 0 };
      const expected = hostResults(type, inputs, attrs);
      expectClose(placedResults(type, inputs, attrs, expected)[0]!, expected[0]!);
    }
  }
});
