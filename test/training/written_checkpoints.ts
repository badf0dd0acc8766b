/**
 * Checkpoints that this library writes, the same bytes each time, so that what TensorFlow read from
 * them once (check_checkpoints.py) stays true. `npx tsx --conditions=tf1-src
 * test/training/written_checkpoints.ts DIRECTORY` writes them for it.
 */

import { mkdirSync } from 'node:fs';
import * as tf from 'tf1';
import { writeBundle } from '../../src/backend/checkpoint_files.ts';
import { Save, SaveV2 } from '../../src/ops/checkpoint.ts';

tf.logging.set_verbosity(tf.logging.FATAL);

const NUMBERS = [0, 1, 2, 3, 100, 7];
const SIGNED = [0, -1, 2, -3, 100, -7];
const FRACTIONS = [0, -1.5, 0.25, 65504, 2 ** -14, -3];
const TEXTS = ['', 'a', 'héllo', Uint8Array.of(255, 0, 128), 'x'.repeat(300), '\0'];

/** One tensor of each type. */
function everyType(first: boolean): Record<string, tf.Tensor> {
  const made: Record<string, tf.Tensor> = Object.create(null);
  const put = (dtype: tf.DType, values: readonly unknown[]) => {
    made[`of/${dtype.name}`] = tf.constant(values as number[], dtype, [2, 3]);
  };
  for (const dtype of [tf.float16, tf.float32, tf.float64]) put(dtype, FRACTIONS);
  for (const dtype of [tf.int8, tf.int16, tf.int32, tf.int64]) put(dtype, SIGNED);
  for (const dtype of [tf.uint8, tf.uint16]) put(dtype, NUMBERS);
  if (!first) for (const dtype of [tf.uint32, tf.uint64]) put(dtype, NUMBERS);
  if (!first) put(tf.bfloat16, [0, 1, -2, 0.5, 128, -3]);
  put(tf.bool, [true, false, true, true, false, false]);
  put(tf.string, TEXTS);
  made['of/complex64'] = tf.complex(tf.constant(FRACTIONS), tf.constant(SIGNED));
  made['of/complex128'] = tf.complex(
    tf.constant(FRACTIONS, tf.float64),
    tf.constant(SIGNED, tf.float64),
  );
  made.scalar = tf.constant(-0, tf.float32);
  made.wide = tf.constant([2 ** 53 - 1, -(2 ** 53 - 1), 2 ** 32, -(2 ** 31)], tf.int64);
  made.empty = tf.zeros([0, 3]);
  made.special = tf.constant([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  made['ümläut/名'] = tf.constant([1]);
  return made;
}

function ops(path: string, first: boolean): void {
  const tensors = everyType(first);
  const tensor_names = Object.keys(tensors);
  const data = Object.values(tensors);
  const save = first
    ? Save({ filename: path, tensor_names, data })
    : SaveV2({
        prefix: path,
        tensor_names,
        shape_and_slices: data.map(() => ''),
        tensors: data,
      });
  tf.with(new tf.Session(), (sess) => sess.run(save));
}

function saver(path: string, write_version: number, sharded: boolean): void {
  const initializer = tf.random_uniform_initializer({ seed: 5 });
  const placed = (device: string, name: string) =>
    tf.with(tf.device(device), () => tf.get_variable(name, [40, 7], { initializer }));
  placed('/job:a', 'on/a');
  placed('/job:b', 'on/b');
  tf.get_variable('resource', [3], { initializer, use_resource: true });
  const partitioner = tf.fixed_size_partitioner(3);
  tf.get_variable('in/pieces', [10, 2], { initializer, partitioner });
  tf.get_variable('in/columns', [2, 9], {
    initializer,
    partitioner: tf.fixed_size_partitioner(4, 1),
  });
  const text = new tf.Variable(['a', 'bc'], { name: 'text' });
  const step = new tf.Variable(tf.int64(7), { name: 'global_step', trainable: false });
  const made = new tf.train.Saver({ write_version, sharded });
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    made.save(sess, path, step, { write_meta_graph: false });
    sess.run([text, step]);
  });
}

/** So many tensors that the index has several blocks. */
function many(path: string): void {
  writeBundle(path, (bundle) => {
    for (let i = 0; i < 9000; i++) {
      const data = Float32Array.of(i, i / 2);
      bundle.add(`scope_${i % 7}/layer_${i}/kernel`, { dtype: tf.float32, shape: [2], data });
    }
  });
}

/** What is written, by name; each gets the path of its checkpoint. */
export const WRITTEN: Readonly<Record<string, (path: string) => void>> = {
  every_type: (path) => ops(path, false),
  every_type_v1: (path) => ops(path, true),
  saver: (path) => saver(path, 2, false),
  saver_v1: (path) => saver(path, 1, false),
  saver_sharded: (path) => saver(path, 2, true),
  saver_sharded_v1: (path) => saver(path, 1, true),
  many,
};

/** Writes all of them below `directory`, each in a directory of its own. */
export function writeAll(directory: string): void {
  for (const [name, write] of Object.entries(WRITTEN)) {
    tf.reset_default_graph();
    tf.set_random_seed(1);
    mkdirSync(`${directory}/${name}`, { recursive: true });
    write(`${directory}/${name}/m`);
  }
}

if (process.argv[1]?.endsWith('written_checkpoints.ts')) writeAll(process.argv[2]!);
