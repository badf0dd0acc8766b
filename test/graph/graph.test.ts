/** Graphs as objects: which one is in force, what may be added, fed and fetched, what they tell of themselves. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

beforeEach(() => tf.reset_default_graph());

const names = (graph: tf.Graph): string[] => graph.get_operations().map((op) => op.name);

describe('the default graph', () => {
  test('is a new one inside as_default(), and the old one after it', () => {
    const outer = tf.get_default_graph();
    const [g, h] = [new tf.Graph(), new tf.Graph()];
    tf.with(g.as_default(), (entered) => {
      expect(entered).toBe(g);
      expect(tf.get_default_graph()).toBe(g);
      tf.constant(1, { name: 'in_g' });
      tf.with(h.as_default(), () => tf.constant(1, { name: 'in_h' }));
      expect(tf.get_default_graph()).toBe(g);
    });
    expect(tf.get_default_graph()).toBe(outer);
    expect([names(outer), names(g), names(h)]).toEqual([[], ['in_g'], ['in_h']]);
  });

  test('is left when the body throws, and by using', () => {
    const outer = tf.get_default_graph();
    expect(() =>
      tf.with(new tf.Graph().as_default(), () => {
        throw new tf.ValueError('no');
      }),
    ).toThrow('no');
    expect(tf.get_default_graph()).toBe(outer);
    {
      using g = tf.enter(new tf.Graph().as_default());
      expect(tf.get_default_graph()).toBe(g);
    }
    expect(tf.get_default_graph()).toBe(outer);
  });

  test('may be the same graph twice', () => {
    const g = new tf.Graph();
    tf.with(g.as_default(), () => {
      tf.with(g.as_default(), () => tf.constant(1, { name: 'a' }));
      tf.constant(1, { name: 'b' });
    });
    expect(names(g)).toEqual(['a', 'b']);
  });

  test('is replaced by reset_default_graph, but not inside a block', () => {
    tf.constant(1, { name: 'a' });
    tf.reset_default_graph();
    expect(names(tf.get_default_graph())).toEqual([]);
    expect(tf.constant(1, { name: 'a' }).name).toBe('a:0');
    tf.with(new tf.Graph().as_default(), () => {
      expect(() => tf.reset_default_graph()).toThrow(tf.AssertionError);
    });
  });

  test('is not where an op goes whose inputs live elsewhere', () => {
    const g = new tf.Graph();
    const x = tf.with(g.as_default(), () => tf.placeholder(tf.float32, [], { name: 'x' }));
    const y = tf.multiply(x, 2, { name: 'y' });
    expect(y.graph).toBe(g);
    expect(names(g)).toEqual(['x', 'y/y', 'y']);
    expect(names(tf.get_default_graph())).toEqual([]);
    tf.with(tf.name_scope('s', null, [x]), () => {
      expect(tf.get_default_graph()).toBe(g);
      expect(tf.constant(1).name).toBe('s/Const:0');
    });
    const other = tf.constant(1);
    expect(() => tf.add(x, other)).toThrow(`${other} must be from the same graph as ${x}.`);
  });

  test('scopes belong to the graph that they were opened in', () => {
    const g = new tf.Graph();
    tf.with(tf.name_scope('outer'), () => {
      tf.with(g.as_default(), () => {
        expect(tf.constant(1).name).toBe('Const:0');
        tf.with(tf.name_scope('inner'), () => expect(tf.constant(1).name).toBe('inner/Const:0'));
      });
      expect(tf.constant(1).name).toBe('outer/Const:0');
      const a = tf.constant(1);
      tf.with(tf.control_dependencies([a]), () => {
        const [b] = tf.with(g.as_default(), () => [tf.constant(1)]);
        expect(b!.op.control_inputs).toEqual([]);
        expect(tf.constant(1).op.control_inputs).toEqual([a.op]);
      });
    });
  });
});

describe('a finalized graph', () => {
  test('can be run and looked at, but not changed', () => {
    const x = tf.constant(2);
    const g = tf.get_default_graph();
    expect(g.finalized).toBe(false);
    g.finalize();
    expect(g.finalized).toBe(true);
    for (const change of [
      () => tf.constant(1),
      () => x.add(1),
      () => g.add_to_collection('k', x),
      () => new tf.Variable(1),
    ]) {
      expect(change).toThrow('Graph is finalized and cannot be modified.');
      expect(change).toThrow(tf.RuntimeError);
    }
    expect(new tf.Session().run(x)).toBe(2);
    expect(g.get_tensor_by_name('Const:0')).toBe(x);
  });
});

describe('feeding and fetching', () => {
  test('can be prevented', () => {
    const x = tf.constant(2);
    const y = x.add(1);
    const g = tf.get_default_graph();
    const sess = new tf.Session();
    expect([g.is_feedable(x), g.is_fetchable(x), g.is_fetchable(x.op as tf.Operation)]).toEqual([
      true,
      true,
      true,
    ]);
    g.prevent_feeding(x);
    expect(g.is_feedable(x)).toBe(false);
    expect(() => sess.run(y, [[x, 1]])).toThrow(`Tensor ${x} may not be fed.`);
    g.prevent_fetching(y.op as tf.Operation);
    expect([g.is_fetchable(y), g.is_fetchable(y.op as tf.Operation)]).toEqual([false, false]);
    expect(() => sess.run(y)).toThrow(/has been marked as not fetchable\./);
    expect(() => sess.run(y.op)).toThrow("Operation 'add' has been marked as not fetchable.");
    expect(sess.run(y.add(1))).toBe(4);
  });
});

describe('create_op()', () => {
  test('adds an operation by its type', () => {
    const g = tf.get_default_graph();
    const [a, b] = [tf.constant([1, 2]), tf.constant([3, 4])];
    const sum = g.create_op('Add', [a, b], [tf.float32], { name: 'sum' });
    const all = g.create_op('ConcatV2', [a, b, tf.constant(0, tf.int32)], [tf.float32]);
    const flipped = g.create_op(
      'MatMul',
      [sum.outputs[0]!, a].map((t) => tf.expand_dims(t, 0)),
      [tf.float32],
      { attrs: { transpose_b: new tf.AttrValue({ b: true }), transpose_a: false } },
    );
    expect([sum.name, all.name, flipped.name]).toEqual(['sum', 'ConcatV2', 'MatMul']);
    expect(all.get_attr('N')).toBe(2);
    const results = new tf.Session().run([sum.outputs[0]!, all.outputs[0]!, flipped.outputs[0]!]);
    expect(results.map((value) => value.tolist())).toEqual([[4, 6], [1, 2, 3, 4], [[16]]]);
    expect(() => g.create_op('Nothing', [], [])).toThrow('No op named Nothing');
    expect(() => g.create_op('Add', [a], [tf.float32])).toThrow(tf.ValueError);
  });
});

describe('container()', () => {
  test('is kept by stateful operations', () => {
    const g = tf.get_default_graph();
    const v = tf.with(g.container('c'), () => new tf.Variable(1, { name: 'v' }));
    const w = new tf.Variable(1, { name: 'w' });
    expect([v, w].map((variable) => variable.op.get_attr('container'))).toEqual(['c', '']);
  });
});

describe('as_graph_def()', () => {
  test('has names, ops, inputs, devices and attributes', () => {
    const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
    tf.with(tf.device('/cpu:0'), () =>
      tf.with(tf.control_dependencies([x]), () => tf.constant([1, 2], { name: 'c' })),
    );
    tf.split(x, 2, 1, { name: 's' });
    tf.add(
      tf.get_default_graph().get_tensor_by_name('s:1'),
      tf.get_default_graph().get_tensor_by_name('c:0'),
      { name: 'sum' },
    );
    const { node, versions } = tf.get_default_graph().as_graph_def();
    expect(versions).toEqual(tf.get_default_graph().graph_def_versions);
    expect(node.map(({ name }) => name)).toEqual(['x', 'c', 's/split_dim', 's', 'sum']);
    const [placeholder, constant, , split, sum] = node;
    expect(String(placeholder)).toBe(
      'name: "x"\nop: "Placeholder"\nattr {\n  key: "dtype"\n  value {\n    type: DT_FLOAT\n  }\n}\n' +
        'attr {\n  key: "shape"\n  value {\n    shape {\n      dim {\n        size: -1\n      }\n' +
        '      dim {\n        size: 2\n      }\n    }\n  }\n}\n',
    );
    expect(constant!.device).toBe('/device:CPU:0');
    expect(constant!.input).toEqual(['^x']);
    expect([split!.attr.T!.type, split!.attr.num_split!.i]).toEqual([1, 2]);
    expect(sum!.input).toEqual(['s:1', 'c']);
  });

  test('can start later, and can tell shapes', () => {
    const g = tf.get_default_graph();
    const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
    const { version } = g;
    tf.reduce_sum(x, 1, { name: 'r' });
    tf.placeholder(tf.float32, { name: 'u' });
    const { node } = g.as_graph_def({ from_version: version, add_shapes: true });
    expect(node.map(({ name }) => name)).toEqual(['r/reduction_indices', 'r', 'u']);
    const shapes = node.map(({ attr }) => attr._output_shapes!.list.shape.map(String));
    expect(shapes).toEqual([[''], ['dim {\n  size: -1\n}\n'], ['unknown_rank: true\n']]);
    expect(g.as_graph_def(version).node[1]!.attr._output_shapes).toBeUndefined();
  });
});

describe('operations and tensors', () => {
  test('tell what they are', () => {
    const x = tf.placeholder(tf.float32, [2, null], { name: 'x' });
    const y = tf.matmul(x, x, { transpose_b: true, name: 'y' });
    const op = y.op as tf.Operation;
    expect([op.name, op.type, y.name, y.value_index]).toEqual(['y', 'MatMul', 'y:0', 0]);
    expect(op.inputs).toEqual([x, x]);
    expect(op.outputs).toEqual([y]);
    expect(op.values()).toEqual([y]);
    expect(op.get_attr('transpose_b')).toBe(true);
    expect(op.get_attr('T')).toBe(tf.float32);
    expect(() => op.get_attr('nope')).toThrow('No attr named \'nope\' in name: "y"\nop:');
    expect(String(x.op.get_attr('shape'))).toBe('dim {\n  size: 2\n}\ndim {\n  size: -1\n}\n');
    expect(x.consumers()).toEqual([op]);
    expect(op.node_def).toEqual(tf.get_default_graph().as_graph_def().node[1]);
    expect(String(y)).toBe('Tensor("y:0", shape=(2, 2), dtype=float32)');
    expect(String(tf.placeholder(tf.float32))).toBe('Tensor("Placeholder:0", dtype=float32)');
    const placed = tf.with(tf.device('/cpu:0'), () => tf.identity(x));
    expect(String(placed)).toBe(
      'Tensor("Identity:0", shape=(2, ?), dtype=float32, device=/device:CPU:0)',
    );
  });

  test('tell where they were created', () => {
    const made = () => tf.constant(1);
    const { traceback } = made().op as tf.Operation;
    const [file, line] = traceback.at(-1)!;
    expect(file).toMatch(/graph\.test\.ts$/);
    expect(line).toBeGreaterThan(1);
  });
});
