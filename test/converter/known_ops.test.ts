/** The ops that are written as they are: tfjs-converter's own lists, but for those that it computes differently. */

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { KNOWN_OPS } from '../../src/converter/known_ops.ts';

const folder = join(
  dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-converter')),
  'operations/op_list',
);
const texts = readdirSync(folder)
  .filter((name) => /^[a-z_]+\.js$/.test(name) && !/^(ragged|tfdf)/.test(name))
  .map((name) => readFileSync(join(folder, name), 'utf8'));
const listed = texts.flatMap((text) =>
  [...text.matchAll(/'tfOpName': '(\w+)'/g)].map(([, name]) => name!),
);

test('are what tfjs-converter executes', () => {
  expect([...KNOWN_OPS].filter((name) => !listed.includes(name))).toEqual([]);
});

test('and all of it that is an op of TensorFlow and means the same', () => {
  expect(listed.filter((name) => !KNOWN_OPS.has(name)).sort()).toEqual([
    'BitwiseAnd', // reads inputs that it does not name
    'Conv1D', // no op of TensorFlow, as the next ones
    'DepthwiseConv2d',
    'FakeQuantWithMinMaxVars', // is left out there
    'FusedDepthwiseConv2dNative', // made by tfjs's own converter, as the next ones
    'Mod', // floors there
    'Ones',
    'Prelu',
    'Zeros',
    '_FusedConv2D',
    '_FusedMatMul',
  ]);
});
