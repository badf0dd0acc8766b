/** tfjs graph models as graphs: weights in all their storages, fused ops, signatures, variables; damaged ones are refused. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import {
  type GraphModel,
  load_graph_model,
  load_graph_model_async,
  type ModelArtifacts,
  type WeightSpec,
} from 'tf1/converter';
import { skipWithout } from '../conformance/shared.ts';
import { distance, judged } from './judge.ts';

const folder = mkdtempSync(join(tmpdir(), 'tf1-load-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');
const FLOAT = { type: 'DT_FLOAT' };
const node = (name: string, op: string, input: string[] = [], attr: object = { T: FLOAT }) => ({
  name,
  op,
  input,
  attr,
});
const constant = (name: string, dtype: string) =>
  node(name, 'Const', [], { dtype: { type: dtype } });
const placeholder = (name: string, shape: object = {}) =>
  node(name, 'Placeholder', [], { dtype: FLOAT, shape: { shape } });
const bytesOf = (...parts: ArrayBufferView[]): ArrayBuffer => {
  const all = parts.map((p) => Buffer.from(p.buffer, p.byteOffset, p.byteLength));
  return Uint8Array.from(Buffer.concat(all)).buffer;
};
const model = (
  nodes: readonly object[],
  weightSpecs: readonly WeightSpec[] = [],
  weightData: ArrayBuffer = new ArrayBuffer(0),
  more: Partial<ModelArtifacts> = {},
): ModelArtifacts => ({
  format: 'graph-model',
  modelTopology: { node: nodes, versions: { producer: 26 } },
  weightSpecs,
  weightData,
  ...more,
});

function fetched(source: ModelArtifacts, feeds: Record<string, unknown> = {}): unknown {
  return tf.with(new tf.Graph().as_default(), () => {
    const loaded = load_graph_model(source);
    using session = new tf.Session();
    const feed_dict = Object.entries(feeds).map(
      ([key, value]) => [loaded.inputs[key]!, value as number] as const,
    );
    return session.run({ ...loaded.outputs }, { feed_dict });
  });
}

test('weights of all types and storages', () => {
  const specs: WeightSpec[] = [
    { name: 'f', shape: [2], dtype: 'float32' },
    { name: 'i', shape: [], dtype: 'int32' },
    { name: 'long', shape: [2], dtype: 'int32' },
    { name: 'b', shape: [3], dtype: 'bool' },
    { name: 's', shape: [2], dtype: 'string' },
    { name: 'c', shape: [1], dtype: 'complex64' },
    {
      name: 'q8',
      shape: [3],
      dtype: 'float32',
      quantization: { dtype: 'uint8', scale: 0.5, min: -1 },
    },
    {
      name: 'q16',
      shape: [2],
      dtype: 'int32',
      quantization: { dtype: 'uint16', scale: 2, min: 1 },
    },
    { name: 'half', shape: [2], dtype: 'float32', quantization: { dtype: 'float16' } },
  ];
  const data = bytesOf(
    ...[Float32Array.of(1.5, -2), Int32Array.of(7), Int32Array.of(1, -5), Uint8Array.of(1, 0, 1)],
    ...[Uint8Array.of(2, 0, 0, 0, 0x68, 0x69), Uint8Array.of(1, 0, 0, 0, 0xff)],
    ...[Float32Array.of(3, -4), Uint8Array.of(0, 2, 255), Uint8Array.of(1, 0, 0, 1)],
    Uint8Array.of(0x00, 0x3c, 0x00, 0xc1),
  );
  const nodes = [
    ...[constant('f', 'DT_FLOAT'), constant('i', 'DT_INT32'), constant('long', 'DT_INT64')],
    ...[constant('b', 'DT_BOOL'), constant('s', 'DT_STRING'), constant('c', 'DT_COMPLEX64')],
    ...[constant('q8', 'DT_FLOAT'), constant('q16', 'DT_INT32'), constant('half', 'DT_FLOAT')],
  ];
  expect(fetched(model(nodes, specs, data))).toEqual({
    f: tf.float32([1.5, -2]),
    i: 7,
    long: tf.int64([1, -5]),
    b: tf.bool([true, false, true]),
    s: new tf.NdArray(tf.string, [2], ['hi', Uint8Array.of(255)]),
    c: new tf.NdArray(tf.complex64, [1], Float32Array.of(3, -4)),
    q8: tf.float32([-1, 0, 126.5]),
    q16: tf.int32([3, 513]),
    half: tf.float32([1, -2.5]),
  });
});

test('fused ops are what tfjs computes', async () => {
  const fused = (ops: string[], count: number, more: object = {}) => ({
    T: FLOAT,
    fused_ops: { list: { s: ops.map(base64) } },
    num_args: { i: String(count) },
    ...more,
  });
  const window = { strides: { list: { i: ['1', '1', '1', '1'] } }, padding: { s: base64('SAME') } };
  const nodes = [
    placeholder('x', { dim: [{ size: '2' }, { size: '3' }] }),
    ...[constant('w', 'DT_FLOAT'), constant('b', 'DT_FLOAT'), constant('a', 'DT_FLOAT')],
    node('product', '_FusedMatMul', ['x', 'w', 'b'], fused(['BiasAdd', 'Relu'], 1)),
    node('leaky', '_FusedMatMul', ['x', 'w', 'b', 'a'], fused(['BiasAdd', 'Prelu'], 2)),
    node('prelu', 'Prelu', ['x', 'a']),
    constant('shape', 'DT_INT32'),
    node('image', 'Reshape', ['x', 'shape']),
    constant('filter', 'DT_FLOAT'),
    node('conv', '_FusedConv2D', ['image', 'filter', 'b'], fused(['BiasAdd', 'Elu'], 1, window)),
    node(
      'depth',
      'FusedDepthwiseConv2dNative',
      ['image', 'filter', 'b'],
      fused(['BiasAdd', 'Relu6'], 1, window),
    ),
  ];
  const specs: WeightSpec[] = [
    { name: 'w', shape: [3, 3], dtype: 'float32' },
    { name: 'b', shape: [3], dtype: 'float32' },
    { name: 'a', shape: [3], dtype: 'float32' },
    { name: 'shape', shape: [4], dtype: 'int32' },
    { name: 'filter', shape: [1, 1, 1, 3], dtype: 'float32' },
  ];
  const data = bytesOf(
    Float32Array.from([1, -2, 0.5, 3, 1, -1, -0.5, 2, 1, 0.1, -0.2, 0.3, 0.25, 0.5, 2]),
    Int32Array.of(1, 2, 3, 1),
    Float32Array.of(1, -1, 2),
  );
  const source = model(nodes, specs, data);
  const x = tf.float32([
    [1, -2, 3],
    [-4, 5, -6],
  ]) as tf.NdArray;
  const names = ['product', 'leaky', 'prelu', 'conv', 'depth'];
  const ours = fetched(source, { x }) as Record<string, unknown>;
  const theirs = await judged(source, { x }, names);
  expect(Object.keys(ours)).toEqual(names);
  names.forEach((name, i) => {
    expect(distance(theirs[i]!, ours[name])).toBeLessThan(1e-6);
  });
});

test('a frozen weight becomes a variable that trains on', () => {
  const nodes = [
    ...[placeholder('x'), constant('w', 'DT_FLOAT'), node('w/read', 'Identity', ['w'])],
    node('y', 'Mul', ['x', 'w/read']),
  ];
  const spec = { name: 'w', shape: [2], dtype: 'float32' };
  const source = model(nodes, [spec], bytesOf(Float32Array.of(1, 2)));
  tf.with(new tf.Graph().as_default(), () => {
    const loaded = load_graph_model(source, { trainable: true, name: 'net' });
    expect(loaded.variables.map((variable) => variable.name)).toEqual(['net/w:0']);
    expect(tf.trainable_variables()).toEqual(loaded.variables);
    const loss = tf.reduce_sum(tf.square(loaded.outputs.y!));
    const train = new tf.train.GradientDescentOptimizer(0.1).minimize(loss);
    using session = new tf.Session();
    session.run(tf.global_variables_initializer());
    session.run(train, { feed_dict: [[loaded.inputs.x!, 1]] });
    expect(session.run(loaded.variables[0]!)).toEqual(tf.float32([0.8, 1.6]));
  });
  tf.with(new tf.Graph().as_default(), () => {
    expect(load_graph_model(source).variables).toEqual([]);
    expect(() => load_graph_model(source, { trainable: ['ww'], name: 'b' })).toThrow(
      "The model has no weight 'ww'.\n\nDid you mean 'w'?",
    );
  });
});

test('functions, and a signature among the metadata', () => {
  const branch = (name: string, op: string) => ({
    signature: {
      name,
      inputArg: [{ name: 'v', type: 'DT_FLOAT' }],
      outputArg: [{ name: 'out', type: 'DT_FLOAT' }],
    },
    nodeDef: [node('r', op, ['v'])],
    ret: { out: 'r:y:0' },
  });
  const types = { list: { type: ['DT_FLOAT'] } };
  const attr = {
    ...{ Tcond: { type: 'DT_BOOL' }, Tin: types, Tout: types },
    ...{ then_branch: { func: { name: 'then' } }, else_branch: { func: { name: 'else' } } },
  };
  const flag = node('flag', 'Placeholder', [], {
    dtype: { type: 'DT_BOOL' },
    shape: { shape: {} },
  });
  const source = model([placeholder('x'), flag, node('if', 'StatelessIf', ['flag', 'x'], attr)]);
  const library = { function: [branch('then', 'Neg'), branch('else', 'Square')] };
  const whole = {
    ...source,
    modelTopology: { ...(source.modelTopology as object), library },
    userDefinedMetadata: {
      signature: {
        inputs: { on: { name: 'flag:0' }, value: { name: 'x:0' } },
        outputs: { result: { name: 'if:0' } },
      },
    },
  };
  expect(fetched(whole, { on: true, value: 3 })).toEqual({ result: -3 });
  expect(fetched(whole, { on: false, value: 3 })).toEqual({ result: 9 });
});

describe('what is no graph model, or a damaged one, is refused', () => {
  const y = [placeholder('x'), node('y', 'Neg', ['x'])];
  const spec = { name: 'w', shape: [2], dtype: 'float32' };
  const four = new ArrayBuffer(4);
  const cases: [string, ModelArtifacts, string][] = [
    ['layers', { ...model(y), format: 'layers-model' }, 'This is a layers model of tfjs'],
    [
      'no graph',
      { weightSpecs: [] },
      'The graph of the model is damaged: modelTopology is missing.',
    ],
    [
      'unknown ops',
      model([node('a', 'Foo'), node('b', 'Bar')]),
      'The file needs ops that are not here: Foo, Bar.',
    ],
    ['no weight', model([constant('w', 'DT_FLOAT')]), "the constant 'w' is not among the weights"],
    [
      'short weights',
      model(y, [spec], four),
      "The weights end within 'w': 8 bytes are wanted, 4 are there.",
    ],
    ['a huge shape', model(y, [{ ...spec, shape: [2 ** 40, 2 ** 40] }], four), 'bytes are wanted'],
    [
      'a negative shape',
      model(y, [{ ...spec, shape: [-1] }], four),
      "The weight 'w' has no shape: -1",
    ],
    [
      'strings without end',
      model(y, [{ ...spec, dtype: 'string', shape: [1e9] }], four),
      'bytes are wanted',
    ],
    [
      'an unknown type',
      model(y, [{ ...spec, dtype: 'float8' }], four),
      "The weight 'w' is of unknown type float8.",
    ],
    [
      'an odd storage',
      model(y, [{ ...spec, quantization: { dtype: 'uint8' } }], four),
      'without a scale',
    ],
    ['a missing input', model([node('y', 'Neg', ['x'])]), "Node 'y': Unknown input node 'x'"],
    [
      'an odd attribute',
      model([node('y', 'Neg', [], { T: { type: 'DT_FOO' } })]),
      'Cannot convert value foo',
    ],
  ];
  test.each(cases)('%s', (_name, source, text) => {
    tf.with(new tf.Graph().as_default(), () => {
      expect(() => load_graph_model(source)).toThrow(text);
    });
  });

  test('paths outside the directory, and files that are not there', async () => {
    const file = join(folder, 'model.json');
    const manifest = (path: string) =>
      JSON.stringify({ ...model(y), weightsManifest: [{ paths: [path], weights: [spec] }] });
    for (const path of ['../w.bin', '/etc/passwd', 'a/../../b', 'file:///w.bin']) {
      writeFileSync(file, manifest(path));
      expect(() => load_graph_model(folder)).toThrow('which is outside the directory of the model');
    }
    writeFileSync(file, manifest('w.bin'));
    expect(() => load_graph_model(file)).toThrow('w.bin; No such file or directory');
    writeFileSync(file, '{"modelTopology": ');
    await expect(load_graph_model_async(file)).rejects.toThrow('model.json is no JSON');
    writeFileSync(file, '{}');
    expect(() => load_graph_model(file)).toThrow('is no tfjs model: it has no modelTopology.');
    expect(() => load_graph_model('https://a.b/model.json')).toThrow('load_graph_model_async');
  });

  test('any changed part of a model is an error or a model', () => {
    const text = JSON.stringify(model([...y, constant('w', 'DT_FLOAT')], [spec]).modelTopology);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.string({ maxLength: 3 }),
        fc.nat(9),
        (at, put, cut) => {
          const changed = text.slice(0, at) + put + text.slice(at + cut);
          tf.with(new tf.Graph().as_default(), () => {
            try {
              load_graph_model({
                ...model([], [spec], new ArrayBuffer(8)),
                modelTopology: JSON.parse(changed),
              });
            } catch (error) {
              expect((error as Error).message).not.toMatch(
                /undefined|is not a function|not iterable/,
              );
            }
          });
        },
      ),
      { seed: 20180427, numRuns: 500 },
    );
  });
});

const ARTIFACTS = new URL('../../../shared/artifacts/tfjs_model/', import.meta.url);
if (!existsSync(ARTIFACTS)) skipWithout('artifacts');
else {
  test.each(['model.json', 'model_new.json'])('graph_model_e2e/%s', async (file) => {
    const path = new URL(`graph_model_e2e/${file}`, ARTIFACTS).pathname;
    let loaded: GraphModel | undefined;
    const graph = new tf.Graph();
    tf.with(graph.as_default(), () => {
      loaded = load_graph_model(path);
    });
    using session = new tf.Session('', graph);
    const [y] = Object.values(loaded!.outputs);
    const [x] = Object.values(loaded!.inputs);
    const identity = [
      [1, 0],
      [0, 1],
    ];
    expect(session.run(y!, { feed_dict: [[x!, identity]] })).toEqual(
      session.run(graph.get_tensor_by_name('w:0')),
    );
  });

  test.each(['abalone_layers', 'layers_model_e2e', 'ml5_cvae_quickdraw/models'])(
    '%s is a layers model',
    (name) => {
      expect(() => load_graph_model(new URL(name, ARTIFACTS).pathname)).toThrow(
        'This is a layers model of tfjs, which holds a Keras configuration and no graph.',
      );
    },
  );
}
