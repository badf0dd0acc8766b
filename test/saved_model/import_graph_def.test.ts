/** `tf.import_graph_def` on a GraphDef whose bytes are spelled out here: c = a + a, a placeholder. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

const text = (s: string) => [...new TextEncoder().encode(s)];
const field = (number: number, bytes: readonly number[]) => [
  number * 8 + 2,
  bytes.length,
  ...bytes,
];
const typeAttr = (name: string, type: number) =>
  field(5, [...field(1, text(name)), ...field(2, [6 * 8, type])]);
const node = (name: string, op: string, inputs: readonly string[], attrs: readonly number[]) =>
  field(1, [
    ...field(1, text(name)),
    ...field(2, text(op)),
    ...inputs.flatMap((i) => field(3, text(i))),
    ...attrs,
  ]);
const BYTES = Uint8Array.from([
  ...node('c', 'Add', ['a', 'a:0'], typeAttr('T', 1)),
  ...node('a', 'Placeholder', [], typeAttr('dtype', 1)),
]);

function inGraph(body: (sess: tf.Session, graphDef: tf.GraphDef) => void): void {
  const graphDef = new tf.GraphDef();
  expect(graphDef.ParseFromString(BYTES)).toBe(BYTES.length);
  tf.with(new tf.Graph().as_default(), () =>
    tf.with(new tf.Session(), (sess) => body(sess, graphDef)),
  );
}

test('adds the nodes under a scope, whatever their order in the file', () => {
  inGraph((sess, graphDef) => {
    const [c, a] = tf.import_graph_def(graphDef, { return_elements: ['c:0', 'a'] })!;
    expect([c!.name, a!.name]).toEqual(['import/c:0', 'import/a']);
    expect(sess.run('import/c:0', { feed_dict: { 'import/a:0': [1, 2] } }).tolist()).toEqual([
      2, 4,
    ]);
    expect(tf.import_graph_def(graphDef)).toBeNull();
    expect(tf.get_default_graph().get_operation_by_name('import_1/c').inputs[1]!.name).toBe(
      'import_1/a:0',
    );
  });
});

test('puts other tensors in place of those of the file', () => {
  inGraph((sess, graphDef) => {
    const x = tf.constant(5);
    const [c] = tf.import_graph_def(graphDef, {
      input_map: { a: x },
      return_elements: ['c:0'],
      name: 'g',
    })!;
    expect(sess.run(c!)).toBe(10);
  });
});

test('refuses names that are not in the file, ops that are not here, and damaged bytes', () => {
  inGraph((_sess, graphDef) => {
    expect(() => tf.import_graph_def(graphDef, null, ['nope'])).toThrow(
      "'nope' not found in graph def",
    );
    const unknown = tf.GraphDef.FromString(Uint8Array.from(node('x', 'NoSuchOp', [], [])));
    expect(() => tf.import_graph_def(unknown)).toThrow("Op type not registered 'NoSuchOp'");
    expect(() => new tf.GraphDef().ParseFromString(BYTES.slice(0, 20))).toThrow();
  });
});

test('a constant of another type than its node says is an error when it runs', () => {
  const graphDef = tf.text_format.Parse(
    `node { name: "c" op: "Const"
       attr { key: "dtype" value { type: DT_STRING } }
       attr { key: "value" value { tensor { dtype: DT_FLOAT tensor_shape { } float_val: 1 } } } }
     node { name: "y" op: "Identity" input: "c" attr { key: "T" value { type: DT_STRING } } }`,
    new tf.GraphDef(),
  );
  inGraph((sess) => {
    tf.import_graph_def(graphDef, { name: '' });
    for (let time = 0; time < 4; time++) {
      expect(() => sess.run('y:0')).toThrow(
        'Type mismatch between value (float) and dtype (string)',
      );
    }
  });
});
