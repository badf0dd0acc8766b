/** Graphs in files do what TensorFlow does with them: texts, imports, tensors, and `tf.graph_util`. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { OpList } from '../../src/formats/graph_messages.ts';
import { textsOf } from './plain_attrs.ts';

interface Failure {
  readonly error: string;
  readonly text: string;
}
interface Imported {
  readonly nodes: readonly (readonly unknown[])[];
  readonly elements: readonly string[] | null;
  readonly versions: string;
  readonly shapes: readonly (readonly unknown[])[];
}
interface Options {
  readonly input_map?: Readonly<Record<string, number | 'float' | 'int'>>;
  readonly return_elements?: readonly string[];
  readonly name?: string;
}
interface Golden {
  readonly texts: readonly [text: string, merge: string | Failure, parse: string | Failure][];
  readonly imports: readonly [string, string, Options, Imported | Failure][];
  readonly tensors: readonly [unknown, string | null, number[] | null, string | Failure][];
  readonly util: Readonly<Record<string, never>>;
  readonly ops: string;
}

const file = new URL('../golden/graph_files.json', import.meta.url);
const golden: Golden = JSON.parse(readFileSync(file, 'utf8'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function attempt<R>(body: () => R): R | Failure {
  try {
    return body();
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, text: message };
  }
}

function graphDefOf(text: string): tf.GraphDef {
  const graphDef = new tf.GraphDef();
  tf.text_format.Parse(text, graphDef);
  return graphDef;
}

describe('text_format', () => {
  const { Merge, Parse } = tf.text_format;
  const ours = ({ error, text }: Failure) => ({
    error,
    text: text.replace(/'utf-8' codec.*/, 'invalid UTF-8'),
  });

  test.each(golden.texts)('%j', (text, merged, parsed) => {
    for (const [read, expected] of [
      [Merge, merged],
      [Parse, parsed],
    ] as const) {
      const result = attempt(() => {
        const graphDef: tf.GraphDef = read(text, new tf.GraphDef());
        return hexOf(graphDef.SerializeToString());
      });
      expect(result).toEqual(typeof expected === 'string' ? expected : ours(expected));
    }
  });

  test('tells where, skips unknown fields if told so, and stops in good time', () => {
    const error = attempt(() => Parse('\nnode { foo: 1 }', new tf.GraphDef()));
    expect(error).toMatchObject({ text: expect.stringContaining('2:8') });
    const graphDef = new tf.GraphDef();
    Parse('foo { bar: [1, "a"] baz { } } node { name: "a" x: -3 y < > }', graphDef, {
      allow_unknown_field: true,
    });
    expect(String(graphDef)).toBe('node {\n  name: "a"\n}\n');
    const deep = 'node { attr { value { list { func { attr { value { '.repeat(1);
    expect(() => Parse(`${deep}${'func { attr { value { '.repeat(200)}`, graphDef)).toThrow(
      'Message too deep',
    );
  });
});

describe('import_graph_def', () => {
  /** What Python 1.8 says otherwise, and what is of one version. */
  const ours = ({ error, text }: Failure): Failure => ({
    error,
    text: text
      .replace('2474 for TensorFlow 2.21.0', '26 for TensorFlow 1.8.0')
      .replace(/values: bfloat16, half, float, double, complex64, complex128\n[\s\S]*/, ''),
  });

  test.each(golden.imports)('%s', (_name, text, options, expected) => {
    const graphDef = graphDefOf(text);
    tf.with(new tf.Graph().as_default(), () => {
      const made = {
        float: () => tf.constant(1, { name: 'k' }),
        int: () => tf.constant(1, tf.int32, { name: 'k' }),
      };
      const map = Object.entries(options.input_map ?? {}).map(
        ([key, value]) => [key, typeof value === 'number' ? value : made[value]()] as const,
      );
      const result = attempt(() =>
        tf.import_graph_def(graphDef, {
          ...options,
          ...(options.input_map && { input_map: Object.fromEntries(map) }),
        } as { name: string }),
      );
      if (!('nodes' in expected)) {
        const { error, text: wanted } = ours(expected);
        expect(result).toMatchObject({ error, text: expect.stringContaining(wanted) });
        return;
      }
      const elements = result as { readonly name: string }[] | null;
      expect(elements?.map(({ name }) => name) ?? null).toEqual(expected.elements);
      expect(importedRows()).toEqual({
        ...expected,
        elements: null,
        versions: expected.versions.replace('2474', '26').replace('min_consumer: 12\n', ''),
      });
    });
  });

  function importedRows(): Imported {
    const graph = tf.get_default_graph();
    const byName = (a: readonly unknown[], b: readonly unknown[]) => (a[0]! < b[0]! ? -1 : 1);
    const nodes = graph
      .as_graph_def()
      .node.map(({ name, op, input, device, attr }) => {
        return [name, op, [...input], device, Object.keys(attr).sort()];
      })
      .sort(byName);
    const tensors = graph.get_operations().flatMap((op) => [...op.outputs]);
    const shapes = tensors.map((t) => [t.name, t.shape.ndims === null ? null : t.shape.as_list()]);
    const versions = String(graph.graph_def_versions);
    return { nodes, elements: null, versions, shapes: shapes.sort(byName) };
  }

  test('refuses arguments of other kinds', () => {
    const call =
      (...args: unknown[]) =>
      () =>
        (tf.import_graph_def as (...args: unknown[]) => unknown)(...args);
    const graphDef = new tf.GraphDef();
    expect(call(3)).toThrow('graph_def must be a GraphDef proto.');
    expect(call(graphDef, [1])).toThrow(
      'input_map must be a dictionary mapping strings to Tensor objects.',
    );
    expect(call(graphDef, null, [1])).toThrow('return_elements must be a list of strings.');
  });

  test('names all ops that are missing, of functions too, and adds nothing', () => {
    const graphDef = graphDefOf(
      'node { name: "a" op: "NoSuchOp" } node { name: "b" op: "NoOp" } node { name: "c" op: "NorThis" }' +
        'library { function { signature { name: "f" } node_def { name: "d" op: "NorThat" } } }',
    );
    tf.with(new tf.Graph().as_default(), (graph) => {
      expect(() => tf.import_graph_def(graphDef)).toThrow(
        /^Op type not registered 'NoSuchOp' in binary[\s\S]*NoSuchOp, NorThis, NorThat/,
      );
      expect(graph.get_operations()).toEqual([]);
    });
  });

  test('keeps what is unknown here, and drops defaults that the producer knows', () => {
    const text =
      'node { name: "a" op: "Placeholder" attr { key: "dtype" value { type: DT_FLOAT } } }' +
      'node { name: "b" op: "Identity" input: "a" attr { key: "T" value { type: DT_FLOAT } }' +
      '  attr { key: "fresh" value { i: 7 } } attr { key: "_note" value { f: 2 } }' +
      '  attr { key: "_class" value { list { s: "loc:@a" } } } }';
    const ops = new OpList();
    tf.text_format.Parse(golden.ops, ops);
    const again = (keywords: object) =>
      tf.with(new tf.Graph().as_default(), (graph) => {
        tf.import_graph_def(graphDefOf(text), keywords as { name: string });
        return graph.as_graph_def().node[1]!;
      });
    const kept = again({ name: 'x' });
    expect([kept.attr.fresh!.i, kept.attr._note!.WhichOneof('value')]).toEqual([7, 'f']);
    expect(textsOf(kept.attr._class)).toEqual(['loc:@x/a']);
    expect(Object.keys(again({ producer_op_list: ops }).attr).sort()).toEqual([
      'T',
      '_class',
      '_note',
    ]);
    ops.op[0]!.attr[1]!.default_value.i = 8;
    expect(again({ producer_op_list: ops }).attr.fresh!.i).toBe(7);
  });

  test('tells where nodes were imported', () => {
    tf.with(new tf.Graph().as_default(), (graph) => {
      tf.import_graph_def(graphDefOf('node { name: "a" op: "NoOp" }'), { name: '' });
      const [file] = graph.get_operation_by_name('a').traceback.at(-1)!;
      expect(file).toContain('graph_files.test.ts');
    });
  });

  test('finds free names', () => {
    tf.with(new tf.Graph().as_default(), (graph) => {
      const graphDef = graphDefOf('node { name: "a" op: "NoOp" } node { name: "A" op: "NoOp" }');
      for (const name of ['', '', 'x', 'x']) tf.import_graph_def(graphDef, { name });
      const names = graph.get_operations().map((op) => op.name);
      expect(names).toEqual(['a', 'A', 'a_1', 'A_1', 'x/a', 'x/A', 'x_1/a', 'x_1/A']);
    });
  });
});

describe('tensors as messages', () => {
  test.each(golden.tensors)('%j, %s, %j', (values, dtype, shape, expected) => {
    const result = attempt(() =>
      String(tf.make_tensor_proto(values as tf.TensorLike, dtype as 'int32' | null, shape)),
    );
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject({ error: expected.error });
  });

  test('are arrays again', () => {
    const again = (array: tf.NdArray) => tf.make_ndarray(tf.make_tensor_proto(array));
    for (const array of [
      tf.float32([[1, 2]]),
      tf.float64([0.1]),
      tf.int64([2 ** 53 - 1, -1]),
      tf.float16([0.5, 3]),
      tf.bfloat16([0.5, 3]),
      tf.bool([true, false]),
      tf.uint8([1, 255]),
      tf.string(['a', 'b']),
      tf.complex64([1, 2]),
    ] as tf.NdArray[])
      expect(again(array)).toEqual(array);
    const filled = tf.make_tensor_proto(1, { shape: [2, 2] });
    expect(tf.make_ndarray(filled).tolist()).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(tf.make_tensor_proto(filled)).toBe(filled);
    filled.dtype = 20;
    expect(() => tf.make_ndarray(filled)).toThrow(TypeError);
  });
});

describe('graph_util', () => {
  const { graph_util } = tf;
  const whole = tf.GraphDef.FromString(Uint8Array.from(Buffer.from(golden.util.graph!, 'hex')));
  const rows = (graphDef: tf.GraphDef) =>
    graphDef.node.map(({ name, op, input }) => [name, op, input]);

  test('cuts graphs as TensorFlow does', () => {
    expect(rows(graph_util.extract_sub_graph(whole, ['y']))).toEqual(golden.util.sub);
    expect(rows(graph_util.remove_training_nodes(whole))).toEqual(golden.util.training);
    expect(rows(graph_util.remove_training_nodes(whole, ['y', 'checked']))).toEqual(
      golden.util.protected,
    );
    expect(() => graph_util.extract_sub_graph(whole, ['nope'])).toThrow('nope is not in graph');
    expect(() => graph_util.extract_sub_graph(whole, 'y' as never)).toThrow(TypeError);
    const names = (pinned: boolean) =>
      whole.node.filter((node) => graph_util.must_run_on_cpu(node, pinned)).map(({ name }) => name);
    expect([names(false), names(true)]).toEqual([golden.util.cpu, golden.util.pinned]);
  });

  test('freezes variables of both kinds', () => {
    tf.with(new tf.Graph().as_default(), (graph) => {
      tf.import_graph_def(whole, { name: '' });
      expect(String(graph_util.tensor_shape_from_node_def_name(graph, 'y'))).toBe(
        golden.util.shape,
      );
      const frozen = tf.with(new tf.Session(), (sess) => {
        sess.run(['w/Assign', 'r/Assign'].map((name) => graph.get_operation_by_name(name)));
        return graph_util.convert_variables_to_constants(sess, graph.as_graph_def(), ['y']);
      });
      const ops = frozen.node.map(({ op }) => op);
      expect(ops.some((op) => /Variable|VarHandle/.test(op))).toBe(false);
      expect(resultOf(frozen)).toEqual(golden.util.value);
    });
  });

  test('freezes the variables that are told', () => {
    tf.with(new tf.Graph().as_default(), (graph) => {
      const v = new tf.Variable([1, 2], { name: 'v' });
      const table = tf.get_variable('table', {
        initializer: tf.constant([[1], [2], [3]]),
        use_resource: true,
      });
      const row = tf.gather(table, tf.constant([2, 0], tf.int32));
      tf.add(tf.reduce_sum(v), row, { name: 'y' });
      const kept = (...lists: (readonly string[] | null)[]) =>
        tf.with(new tf.Session(), (sess) => {
          sess.run(tf.global_variables_initializer());
          const frozen = graph_util.convert_variables_to_constants(
            sess,
            graph.as_graph_def(),
            ['y'],
            ...lists,
          );
          return [
            frozen,
            frozen.node.filter(({ op }) => /Var/.test(op)).map((n) => n.name),
          ] as const;
        });
      expect(kept(['v'])[1]).toEqual(['table']);
      expect(kept(null, ['v'])[1]).toEqual(['v']);
      const [frozen, left] = kept();
      expect([left, resultOf(frozen, {})]).toEqual([[], [[6], [4]]]);
    });
  });

  function resultOf(frozen: tf.GraphDef, feed: object = { 'x:0': [[1, 2]] }): unknown {
    return tf.with(new tf.Graph().as_default(), () => {
      tf.import_graph_def(frozen, { name: '' });
      return tf.with(new tf.Session(), (sess) =>
        sess.run('y:0', { feed_dict: feed as Record<string, number> }).tolist(),
      );
    });
  }
});
