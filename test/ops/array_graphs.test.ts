/** Calls of array functions build the nodes and static shapes of TensorFlow: golden/array_graphs.json. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { SparseTensor } from '../../src/core/sparse_tensor.ts';

type Row = readonly [name: string, op: string, inputs: readonly string[]];
interface Golden {
  readonly call: string;
  readonly shapes?: readonly ((number | null)[] | null)[];
  readonly nodes?: readonly Row[];
  readonly error?: string;
}

/** Each call as it is ported, by its Python text; `x` is [?, 4, 6], `u` of unknown shape, `n` an integer. */
const calls = (x: tf.Tensor, u: tf.Tensor, n: tf.Tensor): Record<string, () => unknown> => ({
  'tf.shape(x)': () => tf.shape(x),
  'tf.shape(x[0], out_type=tf.int64)': () => tf.shape(x.at(0), { out_type: tf.int64 }),
  'tf.size(x[0])': () => tf.size(x.at(0)),
  'tf.rank(u)': () => tf.rank(u),
  'tf.rank(x)': () => tf.rank(x),
  'tf.zeros([200, 300])': () => tf.zeros([200, 300]),
  'tf.zeros([n, 3])': () => tf.zeros([n, 3]),
  'tf.zeros(tf.shape(x))': () => tf.zeros(tf.shape(x)),
  'tf.ones(tf.shape(x), tf.bool)': () => tf.ones(tf.shape(x), tf.bool),
  'tf.zeros([], tf.string)': () => tf.zeros([], tf.string),
  'tf.zeros_like(x)': () => tf.zeros_like(x),
  'tf.zeros_like(x, tf.int32)': () => tf.zeros_like(x, tf.int32),
  'tf.zeros_like(x[0])': () => tf.zeros_like(x.at(0)),
  'tf.ones_like(x)': () => tf.ones_like(x),
  'tf.ones_like(x[0])': () => tf.ones_like(x.at(0)),
  'tf.ones_like(x, optimize=False)': () => tf.ones_like(x, { optimize: false }),
  'tf.fill([2, n], 9.0)': () => tf.fill([2, n], 9),
  'tf.one_hot(n, 3, axis=0)': () => tf.one_hot(n, 3, { axis: 0 }),
  'tf.one_hot([0, 1], 3, dtype=tf.int64)': () => tf.one_hot([0, 1], 3, { dtype: tf.int64 }),
  'tf.one_hot([0, 1], 3, on_value=5.0)': () => tf.one_hot([0, 1], 3, { on_value: 5 }),
  'tf.expand_dims(x, -1)': () => tf.expand_dims(x, -1),
  'tf.squeeze(x[:, :1], [1])': () => tf.squeeze(x.at(':', ':1'), [1]),
  'tf.stack([n, 2])': () => tf.stack([n, 2]),
  'tf.stack([x, x], axis=-1)': () => tf.stack([x, x], { axis: -1 }),
  'tf.stack([[n, 1], [2, n]])': () =>
    tf.stack([
      [n, 1],
      [2, n],
    ]),
  'tf.concat([x, x], 1)': () => tf.concat([x, x], 1),
  'tf.concat([x], 1)': () => tf.concat([x], 1),
  'tf.concat([[n], [4]], 0)': () => tf.concat([[n], [4]], 0),
  'tf.unstack(x, axis=1)': () => tf.unstack(x, { axis: 1 }),
  'tf.split(x, 2, axis=1)': () => tf.split(x, 2, { axis: 1 }),
  'tf.split(x, [1, 3], 1)': () => tf.split(x, [1, 3], 1),
  'tf.split(x, [1, -1], 1)': () => tf.split(x, [1, -1], 1),
  'tf.transpose(x)': () => tf.transpose(x),
  'tf.transpose(u)': () => tf.transpose(u),
  'tf.transpose(x, [2, 0, 1])': () => tf.transpose(x, [2, 0, 1]),
  'tf.matrix_transpose(x)': () => tf.matrix_transpose(x),
  'tf.matrix_transpose(u)': () => tf.matrix_transpose(u),
  'tf.reverse(x, [0])': () => tf.reverse(x, [0]),
  'tf.tile(x, [1, n, 2])': () => tf.tile(x, [1, n, 2]),
  'tf.pad(x, [[0, 0], [1, 1], [0, 2]])': () =>
    tf.pad(x, [
      [0, 0],
      [1, 1],
      [0, 2],
    ]),
  'tf.pad(x, [[0, 0], [1, 1], [0, 2]], constant_values=3.0)': () =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 1],
        [0, 2],
      ],
      { constant_values: 3 },
    ),
  "tf.pad(x, [[0, 0], [1, 1], [0, 2]], 'REFLECT')": () =>
    tf.pad(
      x,
      [
        [0, 0],
        [1, 1],
        [0, 2],
      ],
      'REFLECT',
    ),
  'tf.gather(x, [0, 1])': () => tf.gather(x, [0, 1]),
  'tf.gather(x, [[0, 1]], axis=2)': () => tf.gather(x, [[0, 1]], { axis: 2 }),
  'tf.gather_nd(x, [[0, 1]])': () => tf.gather_nd(x, [[0, 1]]),
  'tf.scatter_nd([[1]], [2.0], [4])': () => tf.scatter_nd([[1]], [2], [4]),
  'tf.where(x[0] > 0)': () => tf.where(x.at(0).greater(0)),
  'tf.boolean_mask(x, [True, False, True, False], axis=1)': () =>
    tf.boolean_mask(x, [true, false, true, false], { axis: 1 }),
  'tf.boolean_mask(x, x > 0)': () => tf.boolean_mask(x, x.greater(0)),
  'tf.sequence_mask(tf.shape(x))': () => tf.sequence_mask(tf.shape(x)),
  'tf.sequence_mask(tf.shape(x), 5, tf.float32)': () =>
    tf.sequence_mask(tf.shape(x), 5, tf.float32),
  'tf.meshgrid(tf.shape(x), n)': () => tf.meshgrid(tf.shape(x), n),
  "tf.meshgrid(tf.shape(x), tf.shape(u), indexing='ij')": () =>
    tf.meshgrid(tf.shape(x), tf.shape(u), { indexing: 'ij' }),
  'tf.slice(x, [0, 1, 2], [-1, 2, -1])': () => tf.slice(x, [0, 1, 2], [-1, 2, -1]),
  'tf.slice(x, [0, 1, 2], [2, 2, n])': () => tf.slice(x, [0, 1, 2], [2, 2, n]),
  'tf.strided_slice(x, [0, 1], [2, 2])': () => tf.strided_slice(x, [0, 1], [2, 2]),
  'tf.strided_slice(x, [0, 1], [2, 2], [1, 1], begin_mask=1)': () =>
    tf.strided_slice(x, [0, 1], [2, 2], [1, 1], { begin_mask: 1 }),
  'x[0]': () => x.at(0),
  'x[0:2, 1]': () => x.at('0:2', 1),
  'x[..., tf.newaxis, ::-1]': () => x.at('...', null, '::-1'),
  'x[n]': () => x.at(n),
  'x[n:, 0]': () => x.at({ start: n }, 0),
  'x[1:n, ::2]': () => x.at({ start: 1, stop: n }, '::2'),
  'x[:, tf.constant(1, tf.int64):]': () => x.at(':', { start: tf.constant(1, tf.int64) }),
  'x[-1, ..., 2:-1:3]': () => x.at(-1, '...', '2:-1:3'),
  'tf.reshape(x, [-1, 24])': () => tf.reshape(x, [-1, 24]),
  'tf.reshape(x, [n, 2, -1])': () => tf.reshape(x, [n, 2, -1]),
  'tf.reshape(x, tf.stack([tf.shape(x)[0], 24]))': () =>
    tf.reshape(x, tf.stack([tf.shape(x).at(0), 24])),
  'tf.reshape(x, tf.concat([tf.shape(x)[:1], [24]], 0))': () =>
    tf.reshape(x, tf.concat([tf.shape(x).at(':1'), [24]], 0)),
  'tf.reshape(x, [tf.shape(x)[0], -1])': () => tf.reshape(x, [tf.shape(x).at(0), -1]),
  'tf.reverse_sequence(x, tf.zeros([4], tf.int32), seq_axis=2, batch_axis=1)': () =>
    tf.reverse_sequence(x, tf.zeros([4], tf.int32), { seq_axis: 2, batch_axis: 1 }),
  'tf.space_to_batch(x[..., tf.newaxis], [[0, 0], [0, 0]], 2)': () =>
    tf.space_to_batch(
      x.at('...', null),
      [
        [0, 0],
        [0, 0],
      ],
      2,
    ),
  'tf.space_to_batch_nd(x, [2, 3], [[0, 0], [0, 0]])': () =>
    tf.space_to_batch_nd(
      x,
      [2, 3],
      [
        [0, 0],
        [0, 0],
      ],
    ),
  'tf.batch_to_space_nd(x, [2, 2], [[0, 1], [0, 0]])': () =>
    tf.batch_to_space_nd(
      x,
      [2, 2],
      [
        [0, 1],
        [0, 0],
      ],
    ),
  'tf.space_to_depth(x[..., tf.newaxis], 2)': () => tf.space_to_depth(x.at('...', null), 2),
  'tf.required_space_to_batch_paddings([4, 5], [2, 3])': () =>
    tf.required_space_to_batch_paddings([4, 5], [2, 3]),
  'tf.required_space_to_batch_paddings(tf.shape(x)[1:], [2, 3])': () =>
    tf.required_space_to_batch_paddings(tf.shape(x).at('1:'), [2, 3]),
  'tf.unique(tf.shape(x))': () => tf.unique(tf.shape(x)),
  'tf.setdiff1d(tf.shape(x), [2])': () => tf.setdiff1d(tf.shape(x), [2]),
  'tf.nn.top_k(x, 2)': () => tf.nn.top_k(x, 2),
  'tf.nn.in_top_k(x[0], [1, 2, 3, 0], 2)': () => tf.nn.in_top_k(x.at(0), [1, 2, 3, 0], 2),
  'tf.dynamic_partition(x, n, 2)': () => tf.dynamic_partition(x, n, 2),
  'tf.dynamic_stitch([[0], [1]], [x[0, :1], x[0, 1:2]])': () =>
    tf.dynamic_stitch([[0], [1]], [x.at(0, ':1'), x.at(0, '1:2')]),
  'tf.sparse_to_dense([0, 2], [3], 1.0)': () => tf.sparse_to_dense([0, 2], [3], 1),
  'tf.identity_n([x, n])': () => tf.identity_n([x, n]),
  'tf.shape_n([x, u])': () => tf.shape_n([x, u]),
  'tf.broadcast_dynamic_shape(tf.shape(x), [1, 3])': () =>
    tf.broadcast_dynamic_shape(tf.shape(x), [1, 3]),
  'tf.matrix_band_part(x, 1, 0)': () => tf.matrix_band_part(x, 1, 0),
  'tf.diag(x[0, 0])': () => tf.diag(x.at(0, 0)),
  "tf.check_numerics(x, 'm')": () => tf.check_numerics(x, 'm'),
  "tf.verify_tensor_all_finite(x, 'm')": () => tf.verify_tensor_all_finite(x, 'm'),
  "tf.string_join(['a', tf.as_string(x)], '-')": () => tf.string_join(['a', tf.as_string(x)], '-'),
  "tf.string_split(['a b'])": () => tf.string_split(['a b']),
  'tf.reduce_join(tf.as_string(x))': () => tf.reduce_join(tf.as_string(x)),
  'tf.reduce_join(tf.as_string(x), [0, 1])': () => tf.reduce_join(tf.as_string(x), [0, 1]),
  'tf.reshape(x[0], [5])': () => tf.reshape(x.at(0), [5]),
  'tf.concat([x, x[:, 1:]], 0)': () => tf.concat([x, x.at(':', '1:')], 0),
  'tf.stack([x[0], x[0, 1:]])': () => tf.stack([x.at(0), x.at(0, '1:')]),
  'tf.split(x, 3, axis=1)': () => tf.split(x, 3, { axis: 1 }),
  'tf.transpose(x, [0, 1])': () => tf.transpose(x, [0, 1]),
  'tf.transpose(x, [0, 1, 3])': () => tf.transpose(x, [0, 1, 3]),
  'tf.expand_dims(x, 5)': () => tf.expand_dims(x, 5),
  'tf.squeeze(x, [1])': () => tf.squeeze(x, [1]),
  'tf.unstack(x)': () => tf.unstack(x),
  'tf.gather_nd(x, [[0, 0, 0, 0]])': () => tf.gather_nd(x, [[0, 0, 0, 0]]),
  'x[0, 4]': () => x.at(0, 4),
  'x[0, 0, 0, 0]': () => x.at(0, 0, 0, 0),
  'tf.matrix_transpose(x[0, 0])': () => tf.matrix_transpose(x.at(0, 0)),
});

function tensorsOf(result: unknown): tf.Tensor[] {
  if (result instanceof SparseTensor) return [result.indices, result.values, result.dense_shape];
  return Array.isArray(result) ? result.flatMap(tensorsOf) : [result as tf.Tensor];
}

function nodesOf(graph: tf.Graph): Row[] {
  const nodes = graph.as_graph_def().node.slice(3);
  return nodes.map(({ name, op, input }) => [name, op.replace('AddV2', 'Add'), [...input]]);
}

const golden = new URL('../golden/array_graphs.json', import.meta.url);
const rows: Golden[] = JSON.parse(readFileSync(golden, 'utf8'));

test.each(rows.map((row) => [row.call, row] as const))('%s', (call, row) => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.placeholder(tf.float32, [null, 4, 6], 'x');
    const u = tf.placeholder(tf.float32, null, 'u');
    const n = tf.placeholder(tf.int32, [], 'n');
    const build = calls(x, u, n)[call]!;
    if (row.error !== undefined) {
      expect(build).toThrow(row.error);
      return;
    }
    const found = tensorsOf(build());
    expect(nodesOf(graph)).toEqual(row.nodes);
    expect(found.map(({ dims }) => dims)).toEqual(row.shapes);
  });
});
