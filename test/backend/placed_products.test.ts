/** Products with fixed addresses give what the host's kernels do, and what follows them. */

import { describe, test } from '@jest/globals';
import type { Activation } from '../../src/backend/placed/index.ts';
import { expectClose, floats, type Given, hostResults, placedResults } from './placed_calls.ts';

const ACTIVATIONS = ['none', 'relu', 'relu6'] as const;
const OPS = { relu: 'Relu', relu6: 'Relu6' } as const;

/** `y`, then BiasAdd and the activation as kernels of the host. */
function finished(y: Given, bias: Given, activation: Activation): Given {
  const [sum] = hostResults('BiasAdd', [y, bias], { data_format: 'NHWC' });
  return activation === 'none' ? sum! : hostResults(OPS[activation], [sum!], {})[0]!;
}

const shapes = [
  [1, 1, 1],
  [3, 5, 7],
  [16, 32, 32],
  [32, 10, 32],
  [1, 130, 300],
  [129, 1, 64],
  [70, 2100, 5],
] as const;

describe.each(shapes)('%i x %i x %i', (m, n, k) => {
  test.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('transposed %s %s', (ta, tb) => {
    const inputs = [ta ? floats(k, m) : floats(m, k), tb ? floats(n, k) : floats(k, n)];
    const attrs = { transpose_a: ta, transpose_b: tb };
    const expected = hostResults('MatMul', inputs, attrs);
    expectClose(placedResults('MatMul', inputs, attrs, expected)[0]!, expected[0]!);
    const bias = floats(n);
    bias.data[0] = -0;
    for (const activation of ACTIVATIONS) {
      const [y] = placedResults('MatMul', inputs, attrs, expected, { activation, bias });
      expectClose(y!, finished(expected[0]!, bias, activation));
    }
  });
});

test.each(ACTIVATIONS)('a batch of products, with %s', (activation) => {
  const inputs = [floats(2, 3, 6, 9), floats(2, 3, 13, 9)];
  const attrs = { adj_x: false, adj_y: true };
  const expected = hostResults('BatchMatMul', inputs, attrs);
  const bias = floats(13);
  expectClose(placedResults('BatchMatMul', inputs, attrs, expected)[0]!, expected[0]!);
  const [y] = placedResults('BatchMatMul', inputs, attrs, expected, { activation, bias });
  expectClose(y!, finished(expected[0]!, bias, activation));
});
