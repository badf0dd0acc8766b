/** Meta graphs of TensorFlow become the same objects here, and leave again as they came: golden/record_meta_graphs.py. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Message } from '../../src/formats/message.ts';
import {
  type CollectionDef,
  MetaGraphDef,
  TensorInfo,
} from '../../src/formats/meta_graph_messages.ts';
import { importScopedMetaGraph } from '../../src/graph/meta_graph_import.ts';
import { protoFunctionsOf } from '../../src/graph/proto_functions.ts';
import { ResourceVariable } from '../../src/variables/resource_variable.ts';

type Collections = Record<string, [kind: string, values: (string | number)[]]>;
type Row = [name: string, op: string, input: string[], device: string];
interface Golden {
  readonly control: {
    readonly bytes: string;
    readonly collections: Collections;
    readonly values: [number, ...[number, (number | null)[]][]][];
  };
  readonly scopes: {
    readonly scoped: Row[];
    readonly scoped_collections: Collections;
    readonly bare: Row[];
    readonly bare_attrs: Record<string, string[]>;
    readonly bare_collections: Collections;
    readonly stripped: boolean;
    readonly ops: string[];
    readonly missing_inputs: [string, string];
    readonly names: [string, string][];
    readonly c: number;
  };
}
const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/meta_graphs.json', import.meta.url), 'utf8'),
);
const scratch = mkdtempSync(join(tmpdir(), 'tf1-meta-'));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => tf.reset_default_graph());

const fromBytes = (): MetaGraphDef =>
  MetaGraphDef.FromString(Buffer.from(golden.control.bytes, 'base64'));

/** The collections of a meta graph as the recording has them: messages as text. */
function collectionsOf(meta: MetaGraphDef): Collections {
  const entries = Object.entries<CollectionDef>(meta.collection_def).map(([key, def]) => {
    const kind = def.WhichOneof('kind') as keyof CollectionDef & `${string}_list`;
    const values = (def[kind] as { value: Iterable<unknown> }).value;
    const type = kind === 'bytes_list' ? protoFunctionsOf(key)?.proto_type : undefined;
    const shown = [...values].map((value) => {
      if (!(value instanceof Uint8Array)) return value as number;
      return type ? String(type.FromString(value)) : Buffer.from(value).toString();
    });
    return [key, [kind, shown]] as const;
  });
  return Object.fromEntries(entries) as Collections;
}

/** The recording with messages printed here: TensorFlow's order of maps is none. */
function printed(collections: Collections): Collections {
  const entries = Object.entries(collections).map(([key, [kind, values]]) => {
    const type = kind === 'bytes_list' ? protoFunctionsOf(key)?.proto_type : undefined;
    const shown = values.map((text) =>
      type ? String(tf.text_format.Parse(String(text), new type() as Message)) : text,
    );
    return [key, [kind, shown]] as const;
  });
  return Object.fromEntries(entries) as Collections;
}

describe('a program with loops, conditions, queues and variables of both kinds', () => {
  test('computes what TensorFlow computed, and so do gradients through it', () => {
    tf.train.import_meta_graph(fromBytes());
    const graph = tf.get_default_graph();
    const tensor = (name: string): tf.Tensor => graph.get_tensor_by_name(name);
    const [x, y, z] = [tensor('x:0'), tensor('y:0'), tensor('z:0')] as const;
    const targets = [x, ...tf.global_variables()];
    const gradients = [y, z].map((result) => tf.gradients(result, targets) as (tf.Tensor | null)[]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      for (const [value, ...expected] of golden.control.values) {
        const feeds = [[x, value]] as const;
        const got = [y, z].map((result, i) => [
          sess.run(result, feeds),
          gradients[i]!.map((gradient) => gradient && sess.run(gradient, feeds)),
        ]);
        expect(got).toEqual(expected);
      }
    });
  });

  test('its collections hold objects, and are written as they were', () => {
    tf.train.import_meta_graph(fromBytes());
    const [w, r] = tf.global_variables() as tf.Variable[];
    expect([w!.name, w!.device, r!.name]).toEqual(['w:0', '/device:CPU:0', 'r:0']);
    expect(r).toBeInstanceOf(ResourceVariable);
    expect(tf.trainable_variables()[0]).toBe(w);
    expect(tf.local_variables()).toHaveLength(1);
    expect(tf.get_collection('savers')[0]).toBeInstanceOf(tf.train.Saver);
    expect(tf.get_collection('queue_runners')[0]).toBeInstanceOf(tf.train.QueueRunner);
    expect(['count', 'rate', 'word'].map((key) => tf.get_collection(key)[0])).toEqual([
      3,
      0.25,
      'hi',
    ]);
    const [tensor, operation] = tf.get_collection('node') as [tf.Tensor, tf.Operation];
    expect(tensor.op).toBe(operation);
    expect(collectionsOf(tf.train.export_meta_graph())).toEqual(
      printed(golden.control.collections),
    );
  });

  test('leaves through a file of either kind as it is', () => {
    for (const as_text of [false, true]) {
      tf.reset_default_graph();
      tf.train.import_meta_graph(fromBytes());
      const file = join(scratch, `graph${as_text ? '.pbtxt' : '.meta'}`);
      const { saver_def } = fromBytes();
      const written = tf.train.export_meta_graph(file, { as_text, saver_def });
      tf.reset_default_graph();
      tf.train.import_meta_graph(file);
      const again = tf.train.export_meta_graph();
      expect(again.graph_def.toString()).toBe(written.graph_def.toString());
      expect(collectionsOf(again)).toEqual(printed(golden.control.collections));
    }
  });
});

describe('parts of a graph', () => {
  function program(): { second: InstanceType<typeof tf.train.Saver> } {
    const a = tf.placeholder(tf.float32, [], { name: 'a' });
    tf.with(tf.name_scope('inner'), tf.device('/gpu:0'), () => {
      const b = tf.multiply(a, 2, 'b');
      tf.get_variable('v', [], { initializer: tf.zeros_initializer() });
      tf.identity(b, 'c');
      return new tf.Variable(1, { name: 'u' });
    });
    tf.with(tf.variable_scope('inner_vars'), () => tf.get_variable('k', []));
    new tf.train.Saver({ name: 'first' });
    return { second: new tf.train.Saver({ name: 'second' }) };
  }
  /** TF 1.8 has Add where later versions have AddV2, and savers without `filename`. */
  const rowsOf = (rows: Iterable<Row>): unknown[] =>
    [...rows]
      .filter(([name]) => !name.startsWith('second/filename'))
      .map(([name, op, input, device]) => [
        name,
        op === 'AddV2'
          ? 'Add'
          : op === 'PlaceholderWithDefault' && name === 'second/Const'
            ? 'Const'
            : op,
        input.filter((i) => i !== 'second/filename'),
        device,
      ]);
  const nodesOf = (meta: MetaGraphDef): Row[] =>
    meta.graph_def.node.map(({ name, op, input, device }) => [name, op, [...input], device]);

  test('a name scope alone, and its inputs from outside', () => {
    program();
    const scoped = tf.train.export_meta_graph({ export_scope: 'inner' });
    expect(rowsOf(nodesOf(scoped))).toEqual(rowsOf(golden.scopes.scoped));
    expect(collectionsOf(scoped)).toEqual(golden.scopes.scoped_collections);
    tf.reset_default_graph();
    const [name, text] = golden.scopes.missing_inputs;
    expect(() => importScopedMetaGraph(scoped)).toThrow(
      expect.objectContaining({ name, message: text }),
    );
    const variables = importScopedMetaGraph(scoped, {
      clear_devices: true,
      import_scope: 'again',
      input_map: { $unbound_inputs_a: tf.constant(4) },
    });
    const names = [...variables].map(([key, variable]) => [key, variable.name]).sort();
    expect(names).toEqual(golden.scopes.names);
    tf.with(new tf.Session(), (sess) => {
      expect(sess.run('again/c:0')).toBe(golden.scopes.c);
    });
  });

  test('without devices, other savers, default attributes and collections', () => {
    const { second } = program();
    const bare = tf.train.export_meta_graph({
      clear_devices: true,
      clear_extraneous_savers: true,
      saver_def: second.as_saver_def(),
      strip_default_attrs: true,
      collection_list: ['variables'],
    });
    expect(rowsOf(nodesOf(bare))).toEqual(rowsOf(golden.scopes.bare));
    const attrs = Object.fromEntries(
      bare.graph_def.node
        .filter(({ name }) => !name.startsWith('second'))
        .map(({ name, attr }) => [name, Object.keys(attr).sort()]),
    );
    expect(attrs).toEqual(golden.scopes.bare_attrs);
    expect(collectionsOf(bare)).toEqual(golden.scopes.bare_collections);
    expect(bare.meta_info_def.stripped_default_attrs).toBe(golden.scopes.stripped);
    const ops = bare.meta_info_def.stripped_op_list.op.map(({ name }) => name);
    const later = ['PlaceholderWithDefault', 'AddV2'];
    expect(ops.filter((name) => name !== 'Add')).toEqual(
      golden.scopes.ops.filter((name) => !later.includes(name)),
    );
  });
});

describe('what does not work says why', () => {
  const { loader, builder, signature_def_utils: utils } = tf.saved_model;
  const message = (body: () => unknown): string => {
    try {
      body();
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message.replaceAll(scratch, 'FOLDER')}`;
    }
    return 'nothing';
  };

  test('files', () => {
    const file = (name: string, bytes: number[]): string => {
      writeFileSync(join(scratch, name), Uint8Array.from(bytes));
      return join(scratch, name);
    };
    expect(message(() => tf.train.import_meta_graph(join(scratch, 'none')))).toBe(
      'IOError: File FOLDER/none does not exist.',
    );
    expect(message(() => tf.train.import_meta_graph(file('bad', [255, 254, 32, 33])))).toMatch(
      /^IOError: Cannot parse file FOLDER\/bad: /,
    );
    expect(
      message(() => tf.train.import_meta_graph(file('text', [...Buffer.from('nonsense { ')]))),
    ).toMatch(/^IOError: Cannot parse file FOLDER\/text: /);
    tf.with(new tf.Session(), (sess) => {
      const load = (folder: string) => message(() => loader.load(sess, ['serve'], folder));
      expect(load(join(scratch, 'empty'))).toBe(
        'IOError: SavedModel file does not exist at: FOLDER/empty/{saved_model.pbtxt|saved_model.pb}',
      );
      file('saved_model.pb', [255, 255, 255]);
      expect(load(scratch)).toMatch(/^IOError: Cannot parse file FOLDER\/saved_model\.pb: /);
      expect(loader.maybe_saved_model_directory(scratch)).toBe(true);
      expect(loader.maybe_saved_model_directory(join(scratch, 'empty'))).toBe(false);
    });
  });

  test('builders and tags', () => {
    const x = tf.placeholder(tf.float32, [null], { name: 'x' });
    const w = new tf.Variable(1);
    tf.with(new tf.Session(), (sess) => {
      sess.run(w.initializer);
      expect(message(() => new builder.SavedModelBuilder(scratch))).toBe(
        'AssertionError: Export directory already exists. Please specify a different export directory: FOLDER',
      );
      const made = new builder.SavedModelBuilder(join(scratch, 'new'));
      const add = (options: object) =>
        message(() => made.add_meta_graph_and_variables(sess, ['serve', 'a'], options));
      expect(message(() => made.add_meta_graph(['serve']))).toMatch(
        /^AssertionError: Graph state including variables and assets has not been saved yet\./,
      );
      const nameless = new TensorInfo();
      const typeless = new TensorInfo({ name: 'x:0' });
      const def = (info: TensorInfo) => utils.build_signature_def({ x: info }, {}, 'm');
      expect(add({ signature_def_map: { k: def(nameless) } })).toMatch(
        /^AssertionError: All TensorInfo protos used in the SignatureDefs must have one of the 'encoding' fields/,
      );
      expect(add({ signature_def_map: { k: def(typeless) } })).toMatch(
        /^AssertionError: All TensorInfo protos used in the SignatureDefs must have the dtype field set: name: "x:0"/,
      );
      expect(add({ main_op: x })).toMatch(/^TypeError: main_op needs to be an Operation: /);
      expect(add({ assets_collection: [x] })).toBe(
        'TypeError: Asset path tensor must be of type constant.',
      );
      expect(add({})).toBe('nothing');
      expect(add({})).toMatch(
        /^AssertionError: Graph state including variables and assets has already been saved\./,
      );
      made.save();
      expect(message(() => loader.load(sess, ['serve', 'b'], join(scratch, 'new')))).toBe(
        "RuntimeError: MetaGraphDef associated with tags 'serve', 'b' could not be found in SavedModel. To inspect available tag-sets in the SavedModel, please use the SavedModel CLI: `saved_model_cli`\n\nThe file has graphs with these tags: ['a', 'serve'].",
      );
    });
  });

  test('signatures', () => {
    const x = tf.placeholder(tf.float32, [null], { name: 'x' });
    const s = tf.placeholder(tf.string, [null], { name: 's' });
    const rows: [() => unknown, string][] = [
      [() => utils.regression_signature_def(null, x), 'Regression examples cannot be None.'],
      [() => utils.regression_signature_def(x, x), 'Regression examples must be a string Tensor.'],
      [() => utils.regression_signature_def(s, s), 'Regression output must be a float Tensor.'],
      [
        () => utils.classification_signature_def(null, s, x),
        'Classification examples cannot be None.',
      ],
      [
        () => utils.classification_signature_def(s, null, null),
        'Classification classes and scores cannot both be None.',
      ],
      [
        () => utils.classification_signature_def(s, x, x),
        'Classification classes must be a string Tensor.',
      ],
      [
        () => utils.classification_signature_def(s, s, s),
        'Classification scores must be a float Tensor.',
      ],
      [
        () => utils.predict_signature_def({}, { y: x }),
        'Prediction inputs cannot be None or empty.',
      ],
      [
        () => utils.predict_signature_def({ x }, null),
        'Prediction outputs cannot be None or empty.',
      ],
    ];
    for (const [body, text] of rows) expect(message(body)).toBe(`ValueError: ${text}`);
    expect(utils.is_valid_signature(utils.regression_signature_def(s, x))).toBe(true);
    expect(utils.is_valid_signature(utils.classification_signature_def(s, s, x))).toBe(true);
    expect(utils.is_valid_signature(utils.predict_signature_def({ x }, { x }))).toBe(true);
    expect(utils.is_valid_signature(utils.build_signature_def({}, {}, 'm'))).toBe(false);
    expect(utils.is_valid_signature(null)).toBe(false);
  });
});
