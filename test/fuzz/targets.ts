/** Every parser with files that it reads: made by the library itself, so that no other file is needed. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from 'tf1';
import { load_graph_model, save_graph_model } from '../../src/converter/index.ts';
import { zipSync } from '../../src/formats/deflate.ts';
import {
  bytesOf,
  floatsOf,
  integersOf,
  readExample,
  readSequenceExample,
} from '../../src/formats/example_reader.ts';
import { RecordReader, RecordWriter, recordsOf } from '../../src/formats/records.ts';
import { type Compression, sourceOf } from '../../src/formats/streams.ts';
import { Parse } from '../../src/formats/text_format.ts';
import { readNpy, writeNpy } from '../../src/numpy/npy.ts';
import { readNpz, writeNpz } from '../../src/numpy/npz.ts';
import { imageTargets, type Ops, opsOf } from './byte_ops.ts';
import { mendedRecords, mendedTable } from './mended.ts';
import type { Target } from './runner.ts';
import { otherField, otherMember, otherValue } from './structured.ts';

const encoder = new TextEncoder();
const text = (value: unknown) => encoder.encode(String(value));

function inGraph<T>(body: () => T): T {
  return tf.with(new tf.Graph().as_default(), body);
}

// ---- arrays ------------------------------------------------------------------------------------

function arrays(): tf.NdArray[] {
  return [
    tf.float32([
      [1, 2, 3],
      [4, 5, 6],
    ]),
    tf.int64([1, -2, 3]),
    tf.bool([true, false]),
    tf.float64(0.5),
    tf.complex64([1, 2]),
  ] as tf.NdArray[];
}

function arrayTargets(): Target[] {
  const named = { x: arrays()[0]!, y: arrays()[1]! };
  return [
    { name: 'npy', seeds: arrays().map(writeNpy), parse: (bytes) => readNpy(bytes) },
    {
      name: 'npz',
      seeds: [writeNpz(named), writeNpz(named, { compress: true })],
      ratio: 1100,
      parse: (bytes) => readNpz(bytes),
    },
    {
      name: 'npz_members',
      seeds: arrays().map(writeNpy),
      parse: (bytes) => readNpz(zipSync({ 'x.npy': bytes })),
    },
  ];
}

// ---- graphs ------------------------------------------------------------------------------------

/** A small model with variables, a loop, a condition and names for what it takes and gives. */
function model(): { x: tf.Tensor; y: tf.Tensor } {
  const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
  const w = tf.get_variable('w', [2, 3], { initializer: tf.ones_initializer() });
  const b = new tf.Variable(tf.zeros([3]), { name: 'b' });
  const [, total] = tf.while_loop(
    (i: tf.Tensor) => tf.less(i, 3),
    (i: tf.Tensor, sum: tf.Tensor) => [tf.add(i, 1), tf.add(sum, i)],
    [tf.constant(0), tf.constant(0)],
  ) as unknown as [tf.Tensor, tf.Tensor];
  const scale = tf.cond(
    tf.greater(total, 1),
    () => tf.constant(2),
    () => tf.constant(3),
  ) as tf.Tensor;
  const y = tf.multiply(tf.nn.relu(tf.add(tf.matmul(x, w), b)), scale, { name: 'y' });
  return { x, y };
}

function frozen(): tf.GraphDef[] {
  const small = inGraph(() => {
    tf.constant([1.5, 2], tf.float32, [2], 'c');
    tf.constant(['a', 'bc'], tf.string, [2], 's');
    tf.placeholder(tf.int32, [null, 3], { name: 'p' });
    return tf.get_default_graph().as_graph_def();
  });
  const large = inGraph(() => {
    model();
    return tf.get_default_graph().as_graph_def();
  });
  return [small, large];
}

function importGraph(graphDef: tf.GraphDef): void {
  inGraph(() => tf.import_graph_def(graphDef, { name: '' }));
}

function graphTargets(): Target[] {
  const graphs = frozen();
  return [
    {
      name: 'graph_def',
      changes: [otherField],
      seeds: graphs.map((graph) => graph.SerializeToString()),
      parse: (bytes) => importGraph(tf.GraphDef.FromString(bytes)),
    },
    {
      name: 'graph_def_text',
      changes: [otherValue],
      seeds: graphs.map(text),
      isText: true,
      parse: (bytes) => importGraph(Parse(decoded(bytes), new tf.GraphDef())),
    },
  ];
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

// ---- directories of files ----------------------------------------------------------------------

/** A target that puts the damaged bytes in the place of one file among others. */
function fileTarget(
  target: Omit<Target, 'parse' | 'seeds'>,
  files: ReadonlyMap<string, Uint8Array>,
  damaged: string,
  read: (directory: string) => void,
): Target {
  return {
    ...target,
    seeds: [files.get(damaged)!],
    parse: (bytes, directory) => {
      for (const [name, content] of files) {
        const path = join(directory, name);
        mkdirSync(join(path, '..'), { recursive: true });
        writeFileSync(path, name === damaged ? bytes : content);
      }
      read(directory);
    },
  };
}

/** What `make` wrote into a directory, by their names in it. */
function written(scratch: string, names: readonly string[]): Map<string, Uint8Array> {
  return new Map(
    names.map((name) => [name, new Uint8Array(readFileSync(join(scratch, name)))] as const),
  );
}

function saveModel(scratch: string): void {
  inGraph(() => {
    const { x, y } = model();
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      new tf.train.Saver().save(sess, join(scratch, 'v2'));
      new tf.train.Saver({ write_version: 1 }).save(sess, join(scratch, 'v1'), {
        write_state: false,
        write_meta_graph: false,
      });
      tf.saved_model.simple_save(sess, join(scratch, 'model'), { x }, { y });
      save_graph_model(sess, join(scratch, 'tfjs'), { x }, { y });
    });
  });
}

function readCheckpoint(prefix: string): void {
  const reader = tf.train.NewCheckpointReader(prefix);
  for (const name of Object.keys(reader.get_variable_to_shape_map())) reader.get_tensor(name);
}

function checkpointTargets(scratch: string): Target[] {
  const v2 = written(scratch, ['v2.index', 'v2.data-00000-of-00001']);
  const v1 = written(scratch, ['v1']);
  const state = written(scratch, ['checkpoint', ...v2.keys()]);
  const at = (name: string) => (directory: string) => readCheckpoint(join(directory, name));
  return [
    fileTarget({ name: 'checkpoint_index', mend: mendedTable }, v2, 'v2.index', at('v2')),
    fileTarget({ name: 'checkpoint_data' }, v2, 'v2.data-00000-of-00001', at('v2')),
    fileTarget({ name: 'checkpoint_v1', mend: mendedTable }, v1, 'v1', at('v1')),
    fileTarget(
      { name: 'checkpoint_state', isText: true, changes: [otherValue] },
      state,
      'checkpoint',
      (directory) => {
        tf.train.get_checkpoint_state(directory);
      },
    ),
  ];
}

function metaGraphTargets(scratch: string): Target[] {
  const file = join(scratch, 'v2.meta');
  const meta = tf.MetaGraphDef.FromString(new Uint8Array(readFileSync(file)));
  const read = (message: tf.MetaGraphDef) => {
    inGraph(() => tf.train.import_meta_graph(message));
  };
  const saved = written(join(scratch, 'model'), [
    'saved_model.pb',
    'variables/variables.index',
    'variables/variables.data-00000-of-00001',
  ]);
  const load = (directory: string) => {
    inGraph(() =>
      tf.with(new tf.Session(), (sess) => {
        tf.saved_model.loader.load(sess, ['serve'], directory);
      }),
    );
  };
  return [
    {
      name: 'meta_graph',
      changes: [otherField],
      seeds: [meta.SerializeToString()],
      parse: (bytes) => read(tf.MetaGraphDef.FromString(bytes)),
    },
    {
      name: 'meta_graph_text',
      changes: [otherValue],
      seeds: [text(meta)],
      isText: true,
      parse: (bytes) => read(Parse(decoded(bytes), new tf.MetaGraphDef())),
    },
    fileTarget({ name: 'saved_model', changes: [otherField] }, saved, 'saved_model.pb', load),
  ];
}

function tfjsTargets(scratch: string): Target[] {
  const files = written(join(scratch, 'tfjs'), ['model.json', 'group1-shard1of1.bin']);
  const load = (directory: string) => {
    inGraph(() => load_graph_model(join(directory, 'model.json')));
  };
  return [
    fileTarget(
      { name: 'tfjs_model', isText: true, changes: [otherMember] },
      files,
      'model.json',
      load,
    ),
    fileTarget({ name: 'tfjs_weights' }, files, 'group1-shard1of1.bin', load),
  ];
}

// ---- records and Examples ----------------------------------------------------------------------

function examples(): Uint8Array[] {
  const { Example, Feature, Features, FloatList, Int64List, BytesList } = tf.train;
  const feature = {
    x: new Feature({ float_list: new FloatList({ value: [1, 2.5] }) }),
    y: new Feature({ int64_list: new Int64List({ value: [3, -4, 2 ** 40] }) }),
    z: new Feature({ bytes_list: new BytesList({ value: ['text', Uint8Array.of(255, 0)] }) }),
  };
  const one = new Example({ features: new Features({ feature }) });
  const empty = new Example({ features: new Features({ feature: { x: new Feature() } }) });
  return [one, empty].map((example) => example.SerializeToString());
}

function sequences(): Uint8Array[] {
  const { Feature, FeatureList, Int64List } = tf.train;
  const step = (value: number[]) => new Feature({ int64_list: new Int64List({ value }) });
  const sequence = new tf.train.SequenceExample();
  sequence.context.feature.y = step([3]);
  sequence.feature_lists.feature_list.l = new FeatureList({ feature: [step([1]), step([2, 3])] });
  return [sequence.SerializeToString()];
}

function recordFile(records: readonly Uint8Array[], compression: Compression): Uint8Array {
  const parts: Uint8Array[] = [];
  const writer = new RecordWriter({ write: (bytes) => parts.push(bytes.slice()) }, compression);
  for (const record of records) writer.write(record);
  writer.close();
  return new Uint8Array(Buffer.concat(parts));
}

function readRecords(bytes: Uint8Array, compression: Compression): void {
  const reader = new RecordReader(sourceOf(bytes), compression);
  while (reader.next() !== null);
}

function recordTargets(): Target[] {
  const records = [...examples(), new Uint8Array(300).fill(7), new Uint8Array(0)];
  const kinds: readonly Compression[] = ['', 'GZIP', 'ZLIB'];
  return kinds.map((kind) => ({
    name: `records_${kind || 'plain'}`.toLowerCase(),
    seeds: [recordFile(records, kind)],
    ratio: kind === '' ? 10 : 1100,
    ...(kind === '' && { mend: mendedRecords }),
    parse: (bytes: Uint8Array) => readRecords(bytes, kind),
  }));
}

function readRaw(bytes: Uint8Array): void {
  const features = [...(readExample(bytes)?.values() ?? [])];
  const steps = [...(readSequenceExample(bytes)?.lists.values() ?? [])].flat();
  for (const { list } of [...features, ...steps]) {
    bytesOf(list);
    floatsOf(list);
    integersOf(list);
  }
}

function exampleTargets(ops: Ops): Target[] {
  const changes = [otherField];
  const json =
    '{"features":{"feature":{"x":{"floatList":{"value":[1,"NaN"]}},"y":{"int64List":{"value":["3"]}},"z":{"bytesList":{"value":["aGk="]}}}}}';
  return [
    { name: 'example_raw', seeds: [...examples(), ...sequences()], changes, parse: readRaw },
    { name: 'example', seeds: examples(), changes, parse: ops.example },
    { name: 'example_batch', seeds: examples(), changes, parse: ops.batch },
    { name: 'sequence_example', seeds: sequences(), changes, parse: ops.sequence },
    {
      name: 'example_message',
      changes,
      seeds: examples(),
      parse: (bytes) => String(tf.train.Example.FromString(bytes)),
    },
    {
      name: 'example_json',
      seeds: [text(json)],
      isText: true,
      changes: [otherMember],
      parse: ops.json,
    },
    { name: 'csv', seeds: [text('1,2.5,"a ""b"""')], isText: true, parse: ops.csv },
    { name: 'compressed', seeds: ops.compressed, ratio: 1100, parse: ops.inflate },
    { name: 'tensor', seeds: ops.tensors, changes, parse: ops.tensor },
  ];
}

// ---- events ------------------------------------------------------------------------------------

function eventTargets(scratch: string): Target[] {
  const directory = join(scratch, 'events');
  inGraph(() => {
    const { y } = model();
    const merged = tf.summary.merge([
      tf.summary.scalar('s', tf.constant(1)),
      tf.summary.histogram('h', tf.constant([1, 2, 3])),
    ]);
    const writer = new tf.summary.FileWriter(directory, y.graph as tf.Graph);
    tf.with(new tf.Session(), (sess) => {
      writer.add_summary(sess.run(merged) as unknown as Uint8Array, 1);
    });
    writer.close();
  });
  const [name] = tf.gfile.ListDirectory(directory);
  const files = written(directory, [name!]);
  const read = (at: string) => {
    for (const event of tf.train.summary_iterator(join(at, name!))) String(event);
  };
  const records = [...recordsOf(sourceOf(files.get(name!)!))];
  return [
    fileTarget({ name: 'events', mend: mendedRecords }, files, name!, read),
    {
      name: 'event',
      seeds: records,
      changes: [otherField],
      parse: (bytes) => String(tf.Event.FromString(bytes)),
    },
  ];
}

// ---- all of them -------------------------------------------------------------------------------

/**
 * All targets, with their files made in `scratch`, an empty directory. `close` ends the session that
 * reads bytes by ops.
 */
export function allTargets(scratch: string): { targets: Target[]; close(): void } {
  tf.logging.set_verbosity(tf.logging.FATAL);
  saveModel(scratch);
  const graph = new tf.Graph();
  const session = new tf.Session({ graph });
  const ops = tf.with(graph.as_default(), () => opsOf(session));
  const targets = [
    ...arrayTargets(),
    ...graphTargets(),
    ...checkpointTargets(scratch),
    ...metaGraphTargets(scratch),
    ...tfjsTargets(scratch),
    ...recordTargets(),
    ...exampleTargets(ops),
    ...eventTargets(scratch),
    ...imageTargets(ops),
  ];
  return { targets, close: () => session.close() };
}
