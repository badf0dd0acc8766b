/** Messages in Python's form; the texts are what Python's `%` gives. */

import { afterEach, expect, jest, test } from '@jest/globals';
import * as tf from 'tf1';
import { percentFormat } from '../../src/platform/percent.ts';

afterEach(() => tf.logging.set_verbosity(tf.logging.WARN));

test.each<[string, unknown[], string]>([
  ['%d', [3], '3'],
  ['%d', [3.7], '3'],
  ['%5d|', [42], '   42|'],
  ['%-5d|', [42], '42   |'],
  ['%05d', [42], '00042'],
  ['%+d', [5], '+5'],
  ['% d', [7], ' 7'],
  ['%f', [1.5], '1.500000'],
  ['%.3f', [2 / 3], '0.667'],
  ['%8.2f|', [3.125], '    3.12|'],
  ['%5.1f%%', [97.25], ' 97.2%'],
  ['%.0f', [2.5], '2'],
  ['%e', [12345.678], '1.234568e+04'],
  ['%.2e', [0.00012], '1.20e-04'],
  ['%g', [0.0001], '0.0001'],
  ['%g', [1e-5], '1e-05'],
  ['%g', [123456789], '1.23457e+08'],
  ['%g', [100], '100'],
  ['%G', [1e-10], '1E-10'],
  ['%s', ['a'], 'a'],
  ['%s', [null], 'None'],
  ['%s', [true], 'True'],
  ['%s', [[1, 2]], '[1, 2]'],
  ['%10s|', ['ab'], '        ab|'],
  ['%-10s|', ['ab'], 'ab        |'],
  ['%.3s', ['abcdef'], 'abc'],
  ['%r', ['a'], "'a'"],
  ['%x', [255], 'ff'],
  ['%#x', [255], '0xff'],
  ['%o', [8], '10'],
  ['%i of %i', [1, 2], '1 of 2'],
])('%j %% %j', (text, args, expected) => {
  expect(percentFormat(text, args)).toBe(expected);
});

test('too few and too many arguments', () => {
  expect(() => percentFormat('%d %d', [1])).toThrow('not enough arguments for format string');
  expect(() => percentFormat('%d', [1, 2])).toThrow(
    'not all arguments converted during string formatting',
  );
});

test('levels', () => {
  const spy = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  tf.logging.info('hidden');
  tf.logging.warn('loss %.2f at step %d', 0.5, 3);
  tf.logging.set_verbosity(tf.logging.INFO);
  tf.logging.info('shown');
  for (let i = 0; i < 5; i++) tf.logging.log_every_n(tf.logging.ERROR, 'every second', 2);
  for (let i = 0; i < 5; i++) tf.logging.log_first_n(tf.logging.INFO, 'first', 1);
  tf.logging.set_verbosity(tf.logging.FATAL);
  tf.logging.error('hidden');
  const lines = spy.mock.calls.map(([line]) => line);
  spy.mockRestore();
  expect(lines).toEqual([
    'WARNING:tensorflow:loss 0.50 at step 3',
    'INFO:tensorflow:shown',
    'ERROR:tensorflow:every second',
    'ERROR:tensorflow:every second',
    'ERROR:tensorflow:every second',
    'INFO:tensorflow:first',
  ]);
  expect(tf.logging.get_verbosity()).toBe(tf.logging.FATAL);
});
