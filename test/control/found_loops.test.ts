/** Loops from a GraphDef, which has no contexts, are differentiated as those that were built here. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Loop = (x: tf.Tensor) => tf.Tensor;
const int = (value: number) => tf.constant(value, tf.int32);

const LOOPS: Readonly<Record<string, Loop>> = {
  power: (x) =>
    (
      tf.while_loop(
        (i: tf.Tensor) => i.less(5),
        (i: tf.Tensor, y: tf.Tensor) => [i.add(1), y.multiply(x)],
        [int(0), tf.ones_like(x)],
      ) as tf.Tensor[]
    )[1]!,
  nested: (x) => {
    const inner = (y: tf.Tensor) =>
      (
        tf.while_loop(
          (j: tf.Tensor) => j.less(3),
          (j: tf.Tensor, z: tf.Tensor) => [j.add(1), tf.sin(z.multiply(x))],
          [int(0), y],
        ) as tf.Tensor[]
      )[1]!;
    const outer = tf.while_loop(
      (i: tf.Tensor) => i.less(2),
      (i: tf.Tensor, y: tf.Tensor) => [i.add(1), inner(y).add(x)],
      [int(0), x],
    );
    return (outer as tf.Tensor[])[1]!;
  },
  two: (x) => tf.multiply(LOOPS.power!(x), LOOPS.power!(tf.square(x))),
  scan: (x) => tf.scan((a: tf.Tensor, b: tf.Tensor) => a.multiply(b), x) as tf.Tensor,
  map: (x) => tf.map_fn((a: tf.Tensor) => tf.exp(a), x) as tf.Tensor,
  rnn: (x) => {
    const initializer = tf.constant_initializer(0.3);
    const cell = new tf.nn.rnn_cell.BasicRNNCell(2);
    return tf.with(tf.variable_scope('net', { initializer }), () =>
      tf.nn.dynamic_rnn(cell, tf.reshape(x, [1, 3, 1]), { dtype: tf.float32 }),
    )[0] as tf.Tensor;
  },
};

/** A graph of the loop, with its gradient. */
function built(loop: Loop, withGradient: boolean): tf.Graph {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.constant([0.5, 1.25, -0.75], { name: 'x' });
    const y = tf.reduce_sum(loop(x), { name: 'y' });
    tf.global_variables_initializer();
    if (withGradient) tf.identity(tf.gradients(y, x)[0]!, { name: 'slope' });
  });
  return graph;
}

function slopeIn(graph: tf.Graph): unknown {
  return tf.with(new tf.Session('', graph), (sess) => {
    sess.run('init');
    return sess.run('slope:0').tolist();
  });
}

describe('gradients through loops from a file', () => {
  test.each(Object.keys(LOOPS))('%s', (name) => {
    const expected = slopeIn(built(LOOPS[name]!, true));
    const bytes = built(LOOPS[name]!, false).as_graph_def().SerializeToString();
    const graph = new tf.Graph();
    tf.with(graph.as_default(), () => {
      tf.import_graph_def(tf.GraphDef.FromString(bytes), { name: '' });
      const [slope] = tf.gradients(
        graph.get_tensor_by_name('y:0'),
        graph.get_tensor_by_name('x:0'),
      );
      tf.identity(slope!, { name: 'slope' });
    });
    expect(slopeIn(graph)).toEqual(expected);
  });

  test('that were imported twice: frames do not mix', () => {
    const graphDef = built(LOOPS.power!, false).as_graph_def();
    tf.with(new tf.Graph().as_default(), () => {
      const [a] = tf.import_graph_def(graphDef, { name: 'a', return_elements: ['y:0'] })!;
      const [b] = tf.import_graph_def(graphDef, {
        name: 'b',
        return_elements: ['y:0'],
        input_map: { x: tf.constant([1, 1, 1]) },
      })!;
      tf.with(new tf.Session(), (sess) => {
        const [first, second] = sess.run([a as tf.Tensor, b as tf.Tensor]);
        expect(first).toBeCloseTo(0.5 ** 5 + 1.25 ** 5 - 0.75 ** 5, 5);
        expect(second).toBe(3);
      });
    });
  });

  test('with a condition inside say what is missing', () => {
    const loop: Loop = (x) =>
      (
        tf.while_loop(
          (i: tf.Tensor) => i.less(5),
          (i: tf.Tensor, y: tf.Tensor) => [
            i.add(1),
            tf.cond(
              i.less(2),
              () => y.multiply(x),
              () => y.add(x),
            ) as tf.Tensor,
          ],
          [int(0), x],
        ) as tf.Tensor[]
      )[1]!;
    const graphDef = built(loop, false).as_graph_def();
    tf.with(new tf.Graph().as_default(), (graph) => {
      tf.import_graph_def(graphDef, { name: '' });
      const [x, y] = ['x:0', 'y:0'].map((name) => graph.get_tensor_by_name(name));
      expect(() => tf.gradients(y!, x!)).toThrow(
        "The loop 'while/while_context' cannot be differentiated",
      );
    });
  });
});

test('an Exit that leaves no loop is an error when it runs', () => {
  tf.with(new tf.Graph().as_default(), (graph) => {
    const graphDef = tf.text_format.Parse(
      `node { name: "x" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }
       node { name: "out" op: "Exit" input: "x" attr { key: "T" value { type: DT_FLOAT } } }
       node { name: "y" op: "Square" input: "out" attr { key: "T" value { type: DT_FLOAT } } }`,
      new tf.GraphDef(),
    );
    tf.import_graph_def(graphDef, { name: '' });
    tf.with(new tf.Session(), (sess) => {
      const [x, y] = ['x:0', 'y:0'].map((name) => graph.get_tensor_by_name(name));
      const run = () => sess.run(y!, { feed_dict: [[x!, 2]] });
      expect(run).toThrow(tf.errors.InvalidArgumentError);
      expect(run).toThrow('Invalid Exit op: Cannot find a corresponding Enter op.');
    });
  });
});

test('a loop whose edges are cut is an error when it runs', () => {
  const text = built(LOOPS.power!, false).as_graph_def().toString();
  const damaged = [
    text.replace(/s: "while\/while_context"/, 's: "other"'),
    text.replace('input: "while/NextIteration"', 'input: "while/Enter"'),
  ];
  for (const cut of damaged) {
    expect(cut).not.toBe(text);
    tf.with(new tf.Graph().as_default(), (graph) => {
      tf.import_graph_def(tf.text_format.Parse(cut, new tf.GraphDef()), { name: '' });
      tf.with(new tf.Session(), (sess) => {
        const [x, y] = ['x:0', 'y:0'].map((name) => graph.get_tensor_by_name(name));
        expect(() => sess.run(y!, { feed_dict: [[x!, [1, 2, 3]]] })).toThrow(tf.errors.OpError);
      });
    });
  }
});
