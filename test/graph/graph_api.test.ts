/** Names, scopes, dependencies, devices, collections and lookups against TensorFlow: golden/graph_api.json. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { textsOf } from './plain_attrs.ts';

type Row = readonly [name: string, op: string, inputs: string[], device: string, groups: string[]];
const golden = JSON.parse(
  readFileSync(new URL('../golden/graph_api.json', import.meta.url), 'utf8'),
) as Record<string, { nodes: Row[] | null; values: unknown[] }>;

beforeEach(() => tf.reset_default_graph());

const c = (name: string | null = null) => tf.constant(1, { name: name ?? 'Const' });

const CASES: Record<string, () => unknown[]> = {
  unique_names() {
    const g = tf.get_default_graph();
    for (const name of ['a', 'a', 'a_1', 'a', null, null]) c(name);
    tf.add(c('x'), c('x'));
    c('b/c');
    c('b/c');
    return [
      g.unique_name('a'),
      g.unique_name('a', false),
      g.unique_name('a'),
      g.unique_name('new'),
      g.unique_name('new'),
      c('new').name,
    ];
  },
  name_scopes() {
    const seen: string[] = [];
    const see = (scope: string, ...names: (string | null)[]): string => {
      seen.push(scope);
      names.forEach(c);
      return scope;
    };
    tf.with(tf.name_scope('s'), (s) => {
      see(s, 'a', null);
      tf.with(tf.name_scope('t'), (t) => {
        see(t, 'a');
        tf.with(tf.name_scope(null), (root) => see(root, 'a'));
        tf.with(tf.name_scope(''), (root) => see(root, 'rooted'));
        tf.with(tf.name_scope(s), (again) => see(again, 'a'));
      });
      tf.with(tf.name_scope('t'), (t) => see(t, 'a'));
    });
    tf.with(tf.name_scope('s'), (s) => see(s, 'a'));
    tf.with(tf.name_scope('s/'), (s) => see(s, 'b'));
    tf.with(tf.name_scope(null, 'd'), (d) => see(d));
    tf.with(tf.name_scope('n', 'd', [c('v')]), (d) => see(d));
    tf.with(tf.name_scope({ name: null, default_name: 'd' }), (d) => {
      see(d);
      seen.push(tf.get_default_graph().get_name_scope());
    });
    c('s');
    c('d');
    tf.with(tf.name_scope('a.b-c_1/x'), (odd) => see(odd, '_private', '.dot', '-dash'));
    c('scoped/');
    c('2');
    return seen;
  },
  scoped_ops() {
    const x = tf.placeholder(tf.float32, [3, 4], { name: 'x' });
    tf.with(tf.name_scope('s'), () => {
      const y = x.add(1).multiply(x).subtract(2);
      y.at(0);
      x.at('1:', '::2');
      x.at('...', null, 0);
      tf.reduce_sum(x);
      tf.reduce_sum(x, { name: 'total' });
      tf.nn.softmax(x, { name: 'probabilities' });
    });
    x.negative();
    tf.truediv(2, x);
    x.at(1, 2);
    tf.convert_to_tensor([x.at(0), x.at(1)], { name: 'packed_rows' });
    return [];
  },
  control_dependencies() {
    const g = tf.get_default_graph();
    const [a, b, d] = [c('a'), c('b'), c('d')];
    tf.with(tf.control_dependencies([a, b]), () => {
      const e = c('e');
      tf.identity(a, 'f');
      tf.identity(e, 'h');
      tf.with(tf.control_dependencies([d, a]), () => {
        const i = c('i');
        tf.identity(e, 'j');
        tf.identity(i, 'k');
        tf.add(e, i, 'm');
        tf.with(tf.control_dependencies(null), () => {
          c('n');
          tf.with(tf.control_dependencies([e.op]), () => c('o'));
        });
        c('p');
      });
      tf.with(tf.control_dependencies([]), () => c('q'));
      tf.with(tf.control_dependencies([b, b, e]), () => c('r'));
    });
    c('s');
    tf.with(g.control_dependencies([a.op, 'b:0', 'd']), () => tf.no_op('t'));
    const v = new tf.Variable(1, { name: 'v' });
    tf.with(tf.control_dependencies([v]), () => c('u'));
    tf.with(tf.control_dependencies([v.initializer, v.value()]), () => c('w'));
    const values = tf.identity(a, 'values');
    const x = new tf.IndexedSlices(values, tf.constant([0], tf.int32, { name: 'at' }));
    tf.with(tf.control_dependencies([x]), () => c('y'));
    return [];
  },
  devices() {
    c('a');
    tf.with(tf.device('/cpu:0'), () => {
      c('b');
      tf.with(tf.device('/job:ps/task:1'), () => {
        c('d');
        tf.with(tf.device(null), () => c('e'));
        tf.with(tf.device('/device:GPU:*'), () => c('f'));
      });
      tf.with(tf.device('/gpu:1'), () => c('g'));
      tf.with(tf.device(''), () => c('h'));
    });
    const byType = (op: tf.Operation) => (op.type === 'Const' ? '/cpu:1' : '/gpu:2');
    tf.with(tf.device(byType), () => {
      const x = c('i');
      tf.identity(x, 'j');
      tf.with(tf.device('/job:worker'), () => tf.identity(x, 'k'));
    });
    const spec = new tf.DeviceSpec({ job: 'worker', device_type: 'GPU', device_index: 0 });
    tf.with(tf.device(spec), () => {
      c('l');
      tf.with(tf.device('/job:ps'), () => c('m'));
    });
    tf.with(tf.device('/job:a/replica:1/task:2/device:CPU:3'), () => {
      c('n');
      tf.with(tf.device('/device:CPU:0'), () => c('o'));
    });
    return [];
  },
  device_specs() {
    const specs = ['', '/cpu:0', '/device:GPU:*', '/job:worker/replica:2/task:3/gpu:1'];
    specs.push('/job:ps', '/task:5', '/device:CPU:0', '/CPU:7', '/job:a/cpu');
    const values = specs.map((spec) => tf.DeviceSpec.from_string(spec).to_string());
    values.push(new tf.DeviceSpec({ job: 'w', task: 1, device_type: 'CPU' }).to_string());
    values.push(new tf.DeviceSpec('j', 1, 2, 'GPU', 3).to_string());
    for (const outer of specs)
      for (const inner of specs) {
        const merged = tf.DeviceSpec.from_string(outer);
        merged.merge_from(tf.DeviceSpec.from_string(inner));
        values.push(merged.to_string());
      }
    return values;
  },
  colocation() {
    const a = tf.with(tf.device('/cpu:0'), () => c('a'));
    const b = c('b');
    const [d, e, f] = tf.with(tf.colocate_with(a), () => {
      const inner = [
        tf.identity(b, 'd'),
        tf.with(tf.colocate_with(b), () => tf.identity(b, 'e')),
        tf.with(tf.colocate_with(b, { ignore_existing: true }), () => tf.identity(b, 'f')),
      ];
      tf.with(tf.colocate_with(null, true), () => c('g'));
      tf.with(tf.device('/gpu:0'), () => tf.identity(b, 'h'));
      return inner;
    });
    tf.with(tf.colocate_with(d!), () => c('i'));
    tf.with(tf.device('/gpu:1'), () => tf.with(tf.colocate_with(b.op), () => c('j')));
    tf.with(tf.get_default_graph().colocate_with(e!), () => c('k'));
    const v = new tf.Variable(1, { name: 'v' });
    tf.with(tf.colocate_with(v), () => c('l'));
    return [a, b, d!, e!, f!].map((t) => (t.op as tf.Operation).colocation_groups());
  },
  collections() {
    const g = tf.get_default_graph();
    const [a, b] = [c('one/a'), c('two/a')];
    for (const value of [a, b, 'text']) tf.add_to_collection('k', value);
    g.add_to_collections(['k', 'l', 'l'], a);
    g.add_to_collections('m', b);
    const names = (list: unknown[]) =>
      list.map((x) => (typeof x === 'string' ? x : (x as tf.Tensor).name));
    const values: unknown[] = [
      tf.get_collection('k'),
      tf.get_collection('k', 'one'),
      tf.get_collection('k', { scope: 'a' }),
      tf.get_collection('k', '.*a'),
      tf.get_collection('k', 't'),
      tf.get_collection('none'),
      tf.get_collection('l'),
      tf.get_collection('m'),
    ].map(names);
    tf.get_collection_ref('k').pop();
    tf.get_collection('k').pop();
    values.push(names(tf.get_collection('k')));
    tf.get_collection_ref('made');
    g.clear_collection('l');
    values.push(g.get_all_collection_keys().sort());
    return values;
  },
  shapes() {
    const values: unknown[] = [];
    type Shape = (number | null)[] | null;
    const after = (shape: Shape, ...merged: Shape[]) => {
      const t = tf.placeholder(tf.float32, shape);
      try {
        for (const next of merged) t.set_shape(next);
        values.push(t.shape.dims === null ? null : t.shape.as_list());
      } catch (error) {
        values.push((error as Error).name);
      }
    };
    after(null);
    after(null, [null, 3]);
    after([null, 3], [2, null]);
    after([null, 3], null);
    after([2, 3], [2, 4]);
    after([2, 3], [2, 3, 1]);
    after(null, [null], [5]);
    after([null], [5], [6]);
    const x = tf.placeholder(tf.float32, [null, 4]);
    const u = tf.placeholder(tf.float32);
    const rows = tf.shape(x).at(0);
    const static_shape = tf.broadcast_static_shape(
      new tf.TensorShape([null, 1]),
      new tf.TensorShape([3]),
    );
    const results: { readonly shape: tf.TensorShape }[] = [
      tf.reshape(x, [-1, 2]),
      tf.reshape(x, [rows, 2, 2]),
      x.at(':', 1),
      x.at(0),
      tf.transpose(x),
      tf.concat([x, x], 0),
      tf.concat([x, u], 1),
      x.add(u),
      tf.matmul(x, u),
      tf.reduce_sum(x, 1),
      tf.reduce_sum(u),
      tf.reduce_mean(u, 0),
      tf.stack([x, x]),
      tf.expand_dims(u, 0),
      tf.tile(x, [2, 3]),
      tf.zeros(tf.shape(x)),
      tf.fill(tf.stack([rows, 7]), 1),
      tf.squeeze(tf.expand_dims(x, 1)),
      tf.gather(x, tf.int32([0, 1])),
      tf.one_hot(tf.cast(x.at(':', 0), tf.int32), 5),
      tf.where(x.greater(0), x, x),
      tf.split(x, 2, 1)[1]!,
      tf.pad(x, [
        [1, 1],
        [0, 2],
      ]),
      tf.slice(x, [0, 1], [-1, 2]),
      { shape: static_shape },
    ];
    values.push(...results.map(({ shape }) => (shape.dims === null ? null : shape.as_list())));
    return values;
  },
  lookups() {
    const g = tf.get_default_graph();
    const a = c('a');
    const v = new tf.Variable(1, { name: 'v' });
    tf.split(tf.constant([1, 2]), 2, { name: 's' });
    const values: unknown[] = [
      g.get_tensor_by_name('a:0').name,
      g.get_operation_by_name('s').type,
      g.get_tensor_by_name('s:1').name,
      (g.as_graph_element('a') as tf.Operation).type,
      g.as_graph_element('a:0').name,
      g.as_graph_element(v).name,
      g.as_graph_element(a.op).name,
    ];
    const tries = [
      () => g.get_tensor_by_name('a'),
      () => g.get_tensor_by_name('b:0'),
      () => g.get_tensor_by_name('a:1'),
      () => g.get_tensor_by_name('a:x'),
      () => g.get_tensor_by_name('nope'),
      () => g.get_operation_by_name('b'),
      () => g.get_operation_by_name('a:0'),
      () => g.as_graph_element('b'),
      () => g.as_graph_element('b:0'),
      () => g.as_graph_element(3),
      () => g.as_graph_element(a, { allow_tensor: false }),
      () => g.as_graph_element(a.op, { allow_operation: false }),
      () => g.as_graph_element(a, false, false),
      () => g.get_tensor_by_name(3 as unknown as string),
      () => g.get_operation_by_name(3 as unknown as string),
      () => new tf.Graph().as_graph_element(a),
      () => new tf.Graph().as_graph_element(a.op),
    ];
    for (const body of tries) {
      try {
        body();
        values.push('nothing');
      } catch (error) {
        values.push(String(error).split('\n\n')[0]);
      }
    }
    return values;
  },
};

/** TensorFlow's text without what only Python writes: quotes around a KeyError's text, class names, attributes. */
function ours(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  return text
    .replace(/^KeyError: "(.*)"$/, 'KeyError: $1')
    .replace('SymbolicTensor', 'Tensor')
    .replace(/Operation name: "a"[\s\S]* is not/, 'Operation a is not');
}

function rowsOf(graph: tf.Graph): Row[] {
  return graph.as_graph_def().node.map(({ name, op, input, device, attr }) => {
    const groups = textsOf(attr._class);
    return [name, op, [...input], device, [...groups]] as const;
  });
}

describe('the Graph API does what TensorFlow does', () => {
  test.each(Object.keys(CASES))('%s', (name) => {
    const graph = new tf.Graph();
    const values = tf.with(graph.as_default(), CASES[name]!);
    const expected = golden[name]!;
    expect(values).toEqual(expected.values.map(ours));
    if (expected.nodes) expect(rowsOf(graph)).toEqual(expected.nodes);
  });
});
