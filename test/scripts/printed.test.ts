/** What programs print is the same but for rounding, times and paths. */

import { expect, test } from '@jest/globals';
import { printedDifference } from '../../scripts/printed.ts';

test.each([
  ['loss 2.4627  11 steps/s', 'loss 2.4627  6 steps/s'],
  ['[0.39429793 0.5176199]', '[0.3942979  0.5176199]'],
  ['difference: 1.5e-8', 'difference: 0'],
  ['took 33.6 ms in /tmp/a-b/c', 'took 9 ms in /tmp/x/y'],
  ['step 1\n-0.5', 'step 1\n-0.5001'],
])('%p is %p', (actual, expected) => {
  expect(printedDifference(actual, expected)).toBeNull();
});

test.each([
  ['loss 2.4627', 'loss 2.4727'],
  ['it is 7', 'it is 8'],
  ['a\nb', 'a'],
  ['-1.5', '1.5'],
  ['nan', '1.5'],
])('%p is not %p', (actual, expected) => {
  expect(printedDifference(actual, expected)).toMatch(/^line \d is/);
});
