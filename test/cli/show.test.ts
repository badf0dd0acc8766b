/** `tf1 show` and `tf1 events`: every kind of file, in words, tables and JSON; what is wrong is one line. */

import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { skipWithout } from '../conformance/shared.ts';
import { printed, scratch, tf1 } from './command.ts';
import { writeFiles } from './fixture.ts';

const at = scratch();
writeFiles(at('.'));
const json = async (...args: string[]) => JSON.parse(await printed(...args, '--json')) as unknown;

test('a graph', async () => {
  const text = await printed('show', at('graph.pb'));
  expect(text).toMatch(/^GraphDef\n {2}size {7}[\d.]+ (kB|bytes)\n {2}nodes/);
  expect(text).toContain(`
inputs (1)
  name  type     shape
  x     float32  [?, 2]

outputs (1)
  name  op
  y     Identity
`);
  expect(text).toContain(`
variables (2)
  name  type     shape
  w     float32  [2, 3]
  step  int64    []
`);
  expect(await json('show', at('graph.pbtxt'))).toMatchObject({
    kind: 'GraphDef in the text format',
    producer: 26,
    inputs: [{ name: 'x', type: 'float32', shape: [null, 2] }],
    variables: [{ name: 'w' }, { name: 'step', type: 'int64', shape: [] }],
  });
});

test('a meta graph, a SavedModel', async () => {
  expect(await json('show', at('model.ckpt.meta'))).toMatchObject({
    kind: 'MetaGraphDef',
    TensorFlow: '1.8.0',
    saver: 'save/restore_all',
    collections: expect.arrayContaining([{ name: 'variables', kind: 'bytes', items: 2 }]),
  });
  const text = await printed('show', at('saved'));
  expect(text).toContain(`
signature serving_default, predict (2)
       key  tensor  type     shape
  in   x    x:0     float32  [?, 2]
  out  y    y:0     float32  [?, 3]

tensors (2)
  name  type     shape   bytes
  step  int64    []          8
  w     float32  [2, 3]     24
`);
});

test('checkpoints of both versions, by prefix, index, data, directory or state', async () => {
  for (const name of ['model.ckpt', 'model.ckpt.index', 'model.ckpt.data-00000-of-00001'])
    expect(await json('show', at(name))).toMatchObject({
      kind: 'checkpoint of version 2',
      path: at('model.ckpt'),
      size: 32,
      tensors: [{ name: 'step' }, { name: 'w', type: 'float32', shape: [2, 3], bytes: 24 }],
    });
  expect(await json('show', at('old.ckpt'))).toMatchObject({
    kind: 'checkpoint of version 1',
    tensors: [{ name: 'step' }, { name: 'w' }],
  });
  for (const name of ['.', 'checkpoint'])
    expect(await json('show', at(name))).toMatchObject({ path: at('later.ckpt') });
});

test('events, and the values of a tag', async () => {
  expect(await json('events', at('logs'))).toMatchObject({
    kind: 'event file',
    version: 'brain.Event:2',
    events: 7,
    tags: [
      {
        tag: 'total',
        kind: 'scalar',
        count: 3,
        'first step': 0,
        'last step': 20,
        'last value': 33,
      },
      { tag: 'spread', kind: 'histogram', count: 3 },
    ],
  });
  expect(await json('events', at('logs'), '--tag', 'total')).toMatchObject({
    kind: 'scalar total',
    values: [
      { step: 0, value: 21 },
      { step: 10, value: 27 },
      { step: 20, value: 33 },
    ],
  });
  expect(await json('events', at('logs'), '--tag', 'spread')).toMatchObject({
    values: [{ numbers: 6, min: 1, mean: 3.5, max: 6 }, {}, {}],
  });
  const [file] = readdirSync(at('logs'));
  const twice = at('twice');
  mkdirSync(twice);
  for (const name of ['a', 'b'])
    copyFileSync(at(`logs/${file}`), join(twice, `events.out.tfevents.${name}`));
  expect(await json('events', twice)).toMatchObject([{ events: 7 }, { events: 7 }]);
  expect(await tf1('events', at(`logs/${file}`), '--tag', 'x')).toMatchObject({
    code: 1,
    err: `tf1: ${at(`logs/${file}`)} has no tag 'x'; it has total, spread\n`,
  });
});

test('records, arrays, tfjs models', async () => {
  expect(await json('show', at('examples.tfrecord'))).toMatchObject({
    kind: 'TFRecord file of Examples',
    records: 2,
    features: [{ name: 'label', kind: 'int64', records: 2, values: '1 to 2' }],
  });
  expect(await json('show', at('x.npy'))).toMatchObject({ shape: [2, 2], min: 0, mean: 0.5 });
  expect(await printed('show', at('arrays.npz'))).toContain(`
arrays (2)
  name  type     shape  min  max  mean
  a     float32  [2]    1    2.5  1.75
  b     bool     [1]
`);
  expect(await json('show', at('web'))).toMatchObject({
    kind: 'tfjs graph model',
    inputs: [{ key: 'x', tensor: 'x:0', type: 'float32', shape: [null, 2] }],
    weights: [{ name: 'w', type: 'float32', shape: [2, 3] }],
  });
});

test('names that a tfjs model should have and has not are question marks', async () => {
  const weights = [{ dtype: 'float32', shape: [] }];
  const model = { modelTopology: { node: [{}] }, weightsManifest: [{ paths: [], weights }] };
  writeFileSync(at('nameless.json'), JSON.stringify(model));
  const report = await printed('show', at('nameless.json'));
  expect(report).toContain('  ?       1\n');
  expect(report).toContain('  ?     float32  []\n');
});

describe('what is wrong is one line and a code', () => {
  test('data: 1', async () => {
    writeFileSync(at('notes.txt'), 'hello: there\n');
    writeFileSync(at('cut.tfrecord'), readFileSync(at('examples.tfrecord')).subarray(0, 50));
    writeFileSync(at('cut.pb'), readFileSync(at('graph.pb')).subarray(0, 500));
    writeFileSync(at('other.json'), '{"a": 1}');
    const cases: [string, string][] = [
      ['nowhere', `${at('nowhere')}; No such file or directory`],
      ['notes.txt', 'has no field named "hello"'],
      ['cut.pb', `${at('cut.pb')} is no GraphDef: `],
      ['other.json', `${at('other.json')} is no tfjs model: it has no modelTopology`],
      ['logs', `or a checkpoint; is it ${at('logs')}/events.out.tfevents.`],
      ['models', `or a checkpoint; is it ${at('models/1')}, ${at('models/2')}?\n`],
    ];
    for (const version of ['1', '2'])
      cpSync(at('saved'), at(`models/${version}`), { recursive: true });
    for (const [name, text] of cases) {
      const { code, out, err } = await tf1('show', at(name));
      expect([code, out]).toEqual([1, '']);
      expect(err).toContain(text);
    }
    const cut = await tf1('show', at('cut.tfrecord'));
    expect(cut).toMatchObject({ code: 1, out: expect.stringContaining('records   1\n') });
    expect(cut.err).toMatch(/^tf1: truncated record at \d+\. It says that/);
  });

  test('usage: 2', async () => {
    expect(await tf1('show')).toEqual({
      code: 2,
      out: '',
      err: "tf1: missing required argument 'file'\n",
    });
    expect(await tf1('show', '--nonsense', 'x')).toMatchObject({ code: 2 });
    expect(await tf1('shwo', 'x')).toMatchObject({ code: 2 });
  });

  test('help: 0, on 80 columns, for each command', async () => {
    const help = await printed('--help');
    const commands = ['show', 'run', 'freeze', 'convert', 'checkpoint', 'events'];
    for (const name of commands) {
      expect(help).toContain(`\n  ${name} `);
      expect(await printed(name, '--help')).toContain(`Usage: tf1 ${name} `);
    }
    expect(await printed('checkpoint', 'diff', '--help')).toContain('--json');
    expect(await printed('--version')).toBe('1.8.0\n');
  });
});

const ARTIFACTS = new URL('../../../shared/artifacts/', import.meta.url).pathname;
if (!existsSync(ARTIFACTS)) skipWithout('artifacts');
else {
  const walk = (folder: string): string[] =>
    readdirSync(folder).flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? walk(path) : [path];
    });

  test('every file that TensorFlow or tfjs wrote is shown, or refused in one line', async () => {
    const kinds = [
      'frozen',
      'checkpoint',
      'metagraph',
      'saved_model',
      'tfevents',
      'tfrecord',
      'tfjs_model',
    ];
    const counts = new Map<number, number>();
    for (const path of kinds.flatMap((kind) => walk(join(ARTIFACTS, kind)))) {
      const { code, out, err } = await tf1('show', path);
      counts.set(code, (counts.get(code) ?? 0) + 1);
      if (/\.(pb|meta|index)$/.test(path) && !/keras_metadata/.test(path))
        expect([path, err]).toEqual([path, '']);
      if (code === 0) expect(out).not.toBe('');
      else expect(err).toMatch(/^tf1: .+\n$/);
    }
    expect(counts.get(0)).toBeGreaterThan(100);
    expect(counts.get(2)).toBeUndefined();
  }, 60000);
}
