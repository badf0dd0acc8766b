/** Repetitions with fixed addresses give what the host's kernels do. */

import { test } from '@jest/globals';
import { expectClose, floats, hostResults, placedResults, sizes } from './placed_calls.ts';

test.each([
  [
    [3, 4],
    [2, 3],
  ],
  [
    [5, 1, 3],
    [1, 4, 1],
  ],
  [
    [2, 3, 4],
    [1, 1, 3],
  ],
  [[7], [5]],
  [
    [1, 9],
    [6, 1],
  ],
])('Tile of %j by %j', (shape, multiples) => {
  const inputs = [floats(...shape), sizes(...multiples)];
  const expected = hostResults('Tile', inputs, {});
  expectClose(placedResults('Tile', inputs, {}, expected)[0]!, expected[0]!);
});

test.each([
  [[4], [3, 4]],
  [
    [3, 1],
    [3, 5],
  ],
  [
    [2, 1, 3],
    [2, 4, 3],
  ],
  [
    [2, 1, 1],
    [5, 2, 3, 4],
  ],
])('BroadcastTo of %j to %j', (shape, wanted) => {
  const inputs = [floats(...shape), sizes(...wanted)];
  const expected = hostResults('BroadcastTo', inputs, {});
  expectClose(placedResults('BroadcastTo', inputs, {}, expected)[0]!, expected[0]!);
});
