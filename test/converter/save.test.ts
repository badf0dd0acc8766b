/** Graphs written as tfjs models: GraphModel computes what the session computes, and so does the graph that is read back. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import { graph_model, load_graph_model, save_graph_model } from 'tf1/converter';
import { build, numbers, recipes } from '../properties/recipes.ts';
import { distance, judged } from './judge.ts';

const folder = mkdtempSync(join(tmpdir(), 'tf1-converter-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Tensors = Record<string, tf.Tensor>;
type Feeds = Record<string, tf.NdArray>;
interface Program {
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  readonly feeds: readonly Feeds[];
}

const f32 = (value: unknown) => tf.float32(value) as tf.NdArray;
const i32 = (value: unknown) => tf.int32(value) as tf.NdArray;
const bool = (value: unknown) => tf.bool(value) as tf.NdArray;
const X = f32([
  [1, -2, 3, 0.5],
  [-1, 2, 0.25, 4],
]);

const PROGRAMS: Readonly<Record<string, () => Program>> = {
  'dense layers, with reference and resource variables': () => {
    const x = tf.placeholder(tf.float32, [null, 4], 'x');
    const hidden = tf.layers.dense(x, 5, { activation: tf.nn.tanh, name: 'hidden' });
    const scale = tf.get_variable('scale', { shape: [5], use_resource: true });
    const rows = tf.nn.embedding_lookup(scale, tf.constant([0, 3], tf.int32));
    return {
      inputs: { x },
      outputs: { y: tf.nn.softmax(tf.multiply(hidden, scale)), rows, x_again: x },
      feeds: [{ x: X }],
    };
  },
  'a convolution with batch normalization in inference': () => {
    const x = tf.placeholder(tf.float32, [null, 6, 6, 2], 'images');
    const conv = tf.layers.conv2d(x, 3, 3, { padding: 'same', name: 'conv' });
    const normal = tf.layers.batch_normalization(conv, { training: false, name: 'bn' });
    const pooled = tf.layers.max_pooling2d(tf.nn.relu(normal), 2, 2);
    return {
      inputs: { x },
      outputs: { y: tf.layers.dense(tf.layers.flatten(pooled), 2, { name: 'out' }) },
      feeds: [{ x: numbers([2, 6, 6, 2], 3) }],
    };
  },
  'conditionals whose branches are constants': () => {
    const flag = tf.placeholder(tf.bool, [], 'flag');
    const x = tf.placeholder(tf.float32, [2, 4], 'x');
    const chosen = tf.cond(
      flag,
      () => tf.constant([1, 2, 3, 4]),
      () => tf.fill([4], tf.reduce_sum(x)),
    );
    return {
      inputs: { flag, x },
      outputs: { chosen, y: tf.add(chosen, x) },
      feeds: [
        { flag: bool(true), x: X },
        { flag: bool(false), x: X },
      ],
    };
  },
  'a loop that writes an array, with a conditional inside': () => {
    const x = tf.placeholder(tf.float32, [null, 4], 'x');
    const rows = tf.map_fn(
      (row) =>
        tf.cond(
          tf.greater(tf.reduce_sum(row), 2.6),
          () => tf.constant(-1),
          () => tf.reduce_max(row),
        ),
      x,
    );
    return { inputs: { x }, outputs: { rows }, feeds: [{ x: X }] };
  },
  'a recurrent network over sequences of any length': () => {
    const x = tf.placeholder(tf.float32, [2, null, 3], 'x');
    const length = tf.placeholder(tf.int32, [2], 'length');
    const cell = new tf.nn.rnn_cell.BasicLSTMCell(4);
    const [y, state] = tf.nn.dynamic_rnn(cell, x, length, { dtype: tf.float32 }) as [
      tf.Tensor,
      { c: tf.Tensor },
    ];
    return {
      inputs: { x, length },
      outputs: { y, c: state.c },
      feeds: [
        { x: numbers([2, 5, 3], 1), length: i32([5, 2]) },
        { x: numbers([2, 2, 3], 2), length: i32([1, 2]) },
      ],
    };
  },
  'two outputs of one operation, and what tfjs says by other ops': () => {
    const x = tf.placeholder(tf.float32, [2, 4], 'x');
    const { values, indices } = tf.nn.top_k(x, 2);
    return {
      inputs: { x },
      outputs: {
        values,
        indices,
        loss: tf.nn.l2_loss(x),
        softsign: tf.nn.softsign(x),
        erfc: tf.erfc(x),
        sums: tf.cumsum(x, -1),
        rows: tf.where(tf.constant([true, false]), x, tf.negative(x)),
      },
      feeds: [{ x: X }],
    };
  },
  'int64, float64 and unknown ops of constants': () => {
    const x = tf.placeholder(tf.float32, [2, 4], 'x');
    const table = tf.constant(tf.int64([3, 1, 2, 0]) as tf.NdArray);
    const inverse = tf.matrix_inverse(
      tf.constant([
        [2, 0.5],
        [1, 3],
      ]),
    );
    return {
      inputs: { x },
      outputs: {
        picked: tf.gather(x, table, { axis: 1 }),
        product: tf.matmul(inverse, x),
        double: tf.cast(tf.multiply(tf.cast(x, tf.float64), 2), tf.float32),
      },
      feeds: [{ x: X }],
    };
  },
  'a tensor in the middle as input, and a default': () => {
    const x = tf.placeholder(tf.float32, [2, 4], 'x');
    const middle = tf.tanh(tf.multiply(x, 2), 'middle');
    const rate = tf.placeholder_with_default(tf.constant(0.5), [], 'rate');
    return {
      inputs: { middle, rate },
      outputs: { y: tf.multiply(tf.sin(middle), rate) },
      feeds: [{ middle: X, rate: f32(3) }],
    };
  },
};

test.each(Object.entries(PROGRAMS))('%s', async (_name, program) => {
  const graph = new tf.Graph();
  graph.seed = 7;
  const { inputs, outputs, feeds } = tf.with(graph.as_default(), program);
  using session = new tf.Session('', graph);
  tf.with(graph.as_default(), () => session.run(tf.global_variables_initializer()));
  const model = graph_model(session, inputs, outputs);
  for (const feed of feeds) {
    const feed_dict = Object.entries(inputs).map(([key, t]) => [t, feed[key]!] as const);
    const wanted: unknown[] = session.run(Object.values(outputs), { feed_dict });
    const got = await judged(model, feed, Object.keys(outputs));
    expect(got.map((value, i) => distance(value, wanted[i]))).toEqual(near(got.length));
    const again = readBack(model, feed, Object.keys(outputs));
    again.forEach((value, i) => {
      expect(distance({ dtype: '', ...flat(value) }, wanted[i])).toBeLessThan(1e-5);
    });
  }
});

const near = (count: number): unknown[] =>
  Array.from({ length: count }, () => expect.closeTo(0, 4));

const flat = (value: unknown) =>
  value instanceof tf.NdArray
    ? { shape: [...value.shape], data: Array.from(value.data as Float32Array) }
    : { shape: [], data: [value as number] };

/** What our own session computes of the model. */
function readBack(
  model: Parameters<typeof load_graph_model>[0],
  feed: Feeds,
  outputs: readonly string[],
): unknown[] {
  const graph = new tf.Graph();
  const loaded = tf.with(graph.as_default(), () => load_graph_model(model));
  using session = new tf.Session('', graph);
  const feed_dict = Object.entries(loaded.inputs).map(([key, t]) => [t, feed[key]!] as const);
  return session.run(
    outputs.map((key) => loaded.outputs[key]!),
    { feed_dict },
  ) as unknown[];
}

test('tables are filled by an initializer', async () => {
  const graph = new tf.Graph();
  const [word, id, name] = tf.with(graph.as_default(), () => {
    const words = tf.placeholder(tf.string, [null], 'words');
    const names = tf.constant(['cat', 'dog', 'owl']);
    const table = tf.contrib.lookup.index_table_from_tensor(names, { default_value: -1 });
    const back = tf.contrib.lookup.index_to_string_table_from_tensor(names);
    const ids = table.lookup(words) as tf.Tensor;
    return [words, ids, back.lookup(tf.maximum(ids, tf.int64(0) as tf.NdArray)) as tf.Tensor];
  }) as [tf.Tensor, tf.Tensor, tf.Tensor];
  using session = new tf.Session('', graph);
  tf.with(graph.as_default(), () => session.run(tf.tables_initializer()));
  const model = graph_model(session, { word }, { id, name });
  const fed = new tf.NdArray(tf.string, [3], ['owl', 'cat', 'emu']);
  const [ids, names] = await judged(model, { word: fed }, ['id', 'name']);
  expect([Array.from(ids!.data), Array.from(names!.data)]).toEqual([
    [2, 0, -1],
    ['owl', 'cat', 'cat'],
  ]);
  tf.with(new tf.Graph().as_default(), () => {
    const loaded = load_graph_model(model);
    using other = new tf.Session();
    other.run(loaded.initializer!);
    expect(other.run(loaded.outputs.id!, { feed_dict: [[loaded.inputs.word!, fed]] })).toEqual(
      tf.int64([2, 0, -1]),
    );
  });
});

test('random graphs', async () => {
  await fc.assert(
    fc.asyncProperty(recipes(20, [1, 2, 3]), async (recipe) => {
      const graph = new tf.Graph();
      const made = tf.with(graph.as_default(), () => {
        const inputs = recipe.shapes.map((shape, i) => tf.placeholder(tf.float32, shape, `x${i}`));
        return { inputs, results: build(recipe, inputs) };
      });
      using session = new tf.Session('', graph);
      const arrays = recipe.shapes.map((shape, i) => numbers(shape, i + 5));
      const computed = made.results.slice(made.inputs.length);
      const outputs = Object.fromEntries(computed.map((t, i) => [`y${i}`, t]));
      const inputs = Object.fromEntries(made.inputs.map((t, i) => [`x${i}`, t]));
      const feed = Object.fromEntries(arrays.map((array, i) => [`x${i}`, array]));
      const feed_dict = made.inputs.map((t, i) => [t, arrays[i]!] as const);
      const wanted: unknown[] = session.run(computed, { feed_dict });
      const got = await judged(graph_model(session, inputs, outputs), feed, Object.keys(outputs));
      expect(got.map((value, i) => distance(value, wanted[i]))).toEqual(near(got.length));
    }),
    { seed: 20180427, numRuns: 40 },
  );
}, 60000);

test('a model on disk is model.json and shards of the size that is wanted', () => {
  const graph = new tf.Graph();
  const [x, y] = tf.with(graph.as_default(), () => {
    const input = tf.placeholder(tf.float32, [null, 30], 'x');
    return [input, tf.layers.dense(input, 10, { name: 'dense' })] as const;
  });
  using session = new tf.Session('', graph);
  tf.with(graph.as_default(), () => session.run(tf.global_variables_initializer()));
  const target = join(folder, 'deep', 'model');
  const file = save_graph_model(
    session,
    target,
    { x },
    { y },
    { metadata: { by: 'me' }, shard_bytes: 500 },
  );
  const shards = readdirSync(target).filter((name) => name !== 'model.json');
  expect(shards).toEqual(['group1-shard1of3.bin', 'group1-shard2of3.bin', 'group1-shard3of3.bin']);
  expect(shards.map((name) => statSync(join(target, name)).size)).toEqual([500, 500, 240]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    format: 'graph-model',
    signature: {
      inputs: {
        x: {
          name: 'x:0',
          dtype: 'DT_FLOAT',
          tensorShape: { dim: [{ size: '-1' }, { size: '30' }] },
        },
      },
      outputs: { y: { dtype: 'DT_FLOAT' } },
    },
    userDefinedMetadata: { by: 'me' },
  });
  const value = { feed_dict: [[x, numbers([2, 30], 1)] as const] };
  const wanted = session.run(y, value);
  tf.with(new tf.Graph().as_default(), () => {
    const loaded = load_graph_model(target);
    expect(loaded.metadata).toEqual({ by: 'me' });
    using other = new tf.Session();
    expect(
      other.run(loaded.outputs.y!, { feed_dict: [[loaded.inputs.x!, numbers([2, 30], 1)]] }),
    ).toEqual(wanted);
  });
});

test('what tfjs cannot execute is one error that names it all', () => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.placeholder(tf.float32, [2, 2], 'x');
    const y = tf.lgamma(tf.matrix_inverse(x));
    const z = tf.reduce_mean(tf.cast(tf.digamma(tf.lgamma(y)), tf.int32));
    using session = new tf.Session();
    expect(() => graph_model(session, { x }, { z })).toThrow(
      "tfjs-converter cannot execute this graph: it has no MatrixInverse ('MatrixInverse'), " +
        "Lgamma ('Lgamma' and 1 more), Digamma ('Digamma'); 'Mean' (Mean): tfjs has no int32 for it.",
    );
    expect(() => graph_model(session, {}, { y })).toThrow(
      "The outputs depend on a placeholder that no input names: 'x'.",
    );
    expect(() => save_graph_model(session, join(folder, 'none'), { x }, { y })).toThrow(
      tf.errors.UnimplementedError,
    );
    expect(existsSync(join(folder, 'none'))).toBe(false);
    expect(() => graph_model(session, { x }, {})).toThrow('A model needs at least one output.');
  });
});

test('an int64 beyond 32 bits is an error, never a wrong number', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const y = tf.add(tf.constant(tf.int64([2 ** 40]) as tf.NdArray), tf.int64(1) as tf.NdArray);
    using session = new tf.Session();
    expect(() => graph_model(session, {}, { y })).toThrow(
      "'Const' of type int64 holds 1099511627776, and tfjs has no integers beyond 32 bits.",
    );
  });
});
