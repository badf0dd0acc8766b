/** `tf1 run`, `freeze`, `convert` and `checkpoint`: models run alike in every format they are brought into. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { load } from 'tf1/node';
import { skipWithout } from '../conformance/shared.ts';
import { judged } from '../converter/judge.ts';
import { printed, scratch, tf1 } from './command.ts';
import { writeFiles } from './fixture.ts';

const at = scratch();
writeFiles(at('.'));

const Y = [
  [1, 2, 3],
  [4, 5, 6],
];
/** After three steps, each of which added 1. */
const LATER = Y.map((row) => row.map((value) => value + 3));
const FEED = ['--feed', 'x=[[1, 0], [0, 1]]'];
const run = async (model: string, ...args: string[]) =>
  JSON.parse(await printed('run', at(model), ...FEED, '--json', ...args)) as unknown;

test('what is fetched is printed, or written', async () => {
  expect(await printed('run', at('saved'), ...FEED)).toBe(
    'y: float32 [2, 3]\n[[4. 5. 6.]\n [7. 8. 9.]]\n',
  );
  const file = at('y.npy');
  expect(
    await printed('run', at('saved'), '--feed', `x=${at('x.npy')}`, '--fetch', `y=${file}`),
  ).toBe('');
  expect((load(file) as tf.NdArray).tolist()).toEqual(LATER);
  writeFileSync(at('x.json'), '[[1, 0]]');
  expect(
    await printed(
      'run',
      at('saved'),
      '--feed',
      `x=${at('x.json')}`,
      '--fetch',
      'y:0',
      '--fetch',
      'step',
    ),
  ).toBe('y:0: float32 [1, 3]\n[[4. 5. 6.]]\nstep: int64 []\n10\n');
});

test('a meta graph runs with the checkpoint beside it, or another one', async () => {
  expect(await run('model.ckpt.meta', '--fetch', 'y')).toEqual({ y: Y });
  expect(await run('model.ckpt.meta', '--fetch', 'y', '--checkpoint', at('later.ckpt'))).toEqual({
    y: LATER,
  });
  expect(await run('later.ckpt.meta', '--fetch', 'y', '--checkpoint', at('old.ckpt'))).toEqual({
    y: Y,
  });
});

test('frozen and converted models give the same numbers', async () => {
  expect(await printed('freeze', at('saved'), at('frozen.pb'))).toBe(
    `${at('frozen.pb')}: 5 nodes\n`,
  );
  expect(await run('frozen.pb')).toEqual({ y: LATER });
  await printed('freeze', at('model.ckpt.meta'), at('meta.pb'), '--outputs', 'y');
  expect(await run('meta.pb')).toEqual({ y: Y });
  await printed('convert', at('frozen.pb'), at('frozen.pbtxt'));
  expect(await run('frozen.pbtxt')).toEqual({ y: LATER });
  await printed('convert', at('saved'), at('saved.pb'));
  expect(await run('saved.pb')).toEqual({ y: LATER });
  await printed('convert', at('frozen.pb'), at('again'), '--to', 'saved_model', '--inputs', 'x');
  expect(await run('again')).toEqual({ y: LATER });
  await printed('convert', at('web'), at('web.pb'));
  expect(Object.values((await run('web.pb')) as object)).toEqual([LATER]);
});

test('tfjs-converter runs what is converted for it', async () => {
  expect(await printed('convert', at('saved'), at('tfjs/model.json'))).toBe(
    `${at('tfjs/model.json')}: a tfjs graph model\n`,
  );
  expect(await run('tfjs')).toEqual({ y: LATER });
  const { weightsManifest, ...model } = JSON.parse(readFileSync(at('tfjs/model.json'), 'utf8'));
  const shard = readFileSync(at(`tfjs/${weightsManifest[0].paths[0]}`));
  const artifacts = {
    ...model,
    weightSpecs: weightsManifest[0].weights,
    weightData: Uint8Array.from(shard).buffer,
  };
  const x = tf.float32([
    [1, 0],
    [0, 1],
  ]) as tf.NdArray;
  const [y] = await judged(artifacts, { x }, ['y']);
  expect(Array.from(y!.data)).toEqual(LATER.flat());
});

test('checkpoints are listed, printed and compared', async () => {
  expect(await printed('checkpoint', 'print', at('model.ckpt'), 'w', 'step')).toBe(
    'w: float32 [2, 3]\n[[1. 2. 3.]\n [4. 5. 6.]]\nstep: int64 []\n7\n',
  );
  expect(JSON.parse(await printed('checkpoint', 'print', at('.'), 'step', '--json'))).toEqual({
    step: 10,
  });
  expect(await printed('checkpoint', 'list', at('old.ckpt'))).toContain(
    'w     float32  [2, 3]     24\n',
  );
  expect(await printed('checkpoint', 'diff', at('model.ckpt'), at('old.ckpt'))).toContain(
    'equal tensors  2\n',
  );
  const diff = await tf1('checkpoint', 'diff', at('model.ckpt'), at('later.ckpt'));
  expect(diff).toMatchObject({ code: 1, err: '' });
  expect(diff.out).toContain(`
other values (2)
  name  elements  differ  largest difference
  step         1       1                   3
  w            6       6                   3
`);
  expect(await tf1('checkpoint', 'print', at('model.ckpt'), 'v')).toMatchObject({ code: 1 });
});

test('compared are numbers that are none, parts of complex ones, and texts', async () => {
  const saved = (name: string, imaginary: number, text: string) =>
    tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => {
        new tf.Variable(tf.constant([Number.NaN, 0]), { name: 'nan' });
        new tf.Variable(tf.complex([1, 2], [0, imaginary]), { name: 'pair' });
        new tf.Variable(['same', text], { name: 'text' });
        sess.run(tf.global_variables_initializer());
        return new tf.train.Saver().save(sess, at(name), { write_state: false });
      }),
    );
  const [a, b] = [saved('left', 0, 'a'), saved('right', 0.5, 'b')];
  const { out } = await tf1('checkpoint', 'diff', a!, b!);
  expect(out).toContain(`
other values (2)
  name  elements  differ  largest difference
  pair         2       1                 0.5
  text         2       1                   0
`);
});

test('what is wrong is one line and a code', async () => {
  const cases: [number, string, string[]][] = [
    [1, "the model has no 'z'", ['run', at('saved'), '--feed', 'z=1']],
    [1, "the model has no 'yy'; did you mean 'y'?", ['run', at('saved'), '--fetch', 'yy']],
    [1, 'You must feed a value for placeholder tensor', ['run', at('saved')]],
    [1, "the value of 'x' is neither JSON nor a .npy file", ['run', at('saved'), '--feed', 'x=[1']],
    [1, 'Cannot feed value of shape (1,)', ['run', at('saved'), '--feed', 'x=[1]']],
    [1, 'No such file or directory', ['run', at('saved'), '--feed', `x=${at('none.npy')}`]],
    [2, 'say a value after =', ['run', at('saved'), '--feed', 'x']],
    [
      2,
      "the model has no signature 'other'; it has serving_default",
      ['run', at('saved'), '--signature', 'other'],
    ],
    [1, "tags 'gpu' could not be found", ['run', at('saved'), '--tags', 'gpu']],
    [2, 'is a checkpoint, not a model that can run', ['run', at('model.ckpt')]],
    [2, 'say what to write to', ['convert', at('saved'), at('somewhere')]],
    [
      2,
      '--to onnx: it is one of pb, pbtxt, saved_model, tfjs',
      ['convert', at('saved'), at('s'), '--to', 'onnx'],
    ],
    [1, 'is there already', ['convert', at('frozen.pb'), at('saved'), '--to', 'saved_model']],
    [2, 'is no checkpoint', ['checkpoint', 'list', at('x.npy')]],
  ];
  for (const [code, text, args] of cases) {
    const said = await tf1(...args);
    expect([said.code, said.out]).toEqual([code, '']);
    expect(said.err).toContain(text);
  }
  expect(existsSync(at('somewhere'))).toBe(false);
});

const ARTIFACTS = new URL('../../../shared/artifacts/saved_model/', import.meta.url).pathname;
if (!existsSync(ARTIFACTS)) skipWithout('artifacts');
else {
  test('a SavedModel of TF2, whose functions read its variables, is frozen', async () => {
    const model = `${ARTIFACTS}tfjs_times_three_float`;
    const feed = ['--feed', 'serving_default_x=2', '--json'];
    expect(JSON.parse(await printed('run', model, '--feed', 'x=2', '--json'))).toEqual({
      output_0: 6,
    });
    await printed('freeze', model, at('three.pb'));
    expect(Object.values(JSON.parse(await printed('run', at('three.pb'), ...feed)))).toEqual([6]);
  });
}
