/**
 * SavedModels and meta graphs that this library writes, for TensorFlow to load and run
 * (golden/check_models.py). `npx tsx --conditions=tf1-src test/saved_model/written_models.ts DIRECTORY`
 * writes them.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from 'tf1';
import type { Node } from '../../src/core/tensor.ts';

type Signatures = Record<
  string,
  ReturnType<typeof tf.saved_model.signature_def_utils.build_signature_def>
>;

/** Data of a line, for training. */
export const X = [[1], [2], [3], [4]];
/** What the line should give there. */
export const Y = [[3], [5], [7], [9]];

/** A line with a momentum optimizer; five steps of it are run. */
function line(use_resource: boolean): {
  x: tf.Tensor;
  y: tf.Tensor;
  loss: tf.Tensor;
  train: Node;
} {
  const x = tf.placeholder(tf.float32, [null, 1], { name: 'x' });
  const target = tf.placeholder(tf.float32, [null, 1], { name: 'target' });
  const [w, b] = tf.with(tf.variable_scope('line', { use_resource }), () => [
    tf.get_variable('w', [1, 1], { initializer: tf.constant_initializer(0.5) }),
    tf.get_variable('b', [1], { initializer: tf.zeros_initializer() }),
  ]) as [tf.Variable, tf.Variable];
  const y = tf.add(tf.matmul(x, w), b, 'y');
  const loss = tf.reduce_mean(tf.square(y.subtract(target)), { name: 'loss' });
  const global_step = tf.train.get_or_create_global_step();
  const optimizer = new tf.train.MomentumOptimizer(0.01, 0.9);
  const train = optimizer.minimize(loss, { global_step, name: 'train' });
  tf.add_to_collection('train_op', train);
  tf.add_to_collection('losses', loss);
  return { x, y, loss, train };
}

function trained(sess: tf.Session, train: Node, steps: number): void {
  sess.run(tf.global_variables_initializer());
  for (let i = 0; i < steps; i++) sess.run(train, { feed_dict: { 'x:0': X, 'target:0': Y } });
}

function simple(directory: string, use_resource: boolean): void {
  const { x, y, train } = line(use_resource);
  tf.with(new tf.Session(), (sess) => {
    trained(sess, train, 5);
    tf.saved_model.simple_save(sess, join(directory, 'model'), { x }, { y });
  });
}

/** Two graphs that share variables, an asset, a main operation and three kinds of signatures. */
function twoGraphs(directory: string, as_text: boolean): void {
  const { build_signature_def, classification_signature_def, regression_signature_def } =
    tf.saved_model.signature_def_utils;
  const { build_tensor_info } = tf.saved_model.utils;
  const vocabulary = join(directory, 'words.txt');
  writeFileSync(vocabulary, 'a\nb\n');
  const builder = new tf.saved_model.builder.SavedModelBuilder(join(directory, 'model'));
  const graph = (): {
    signatures: Signatures;
    assets: unknown[];
    main_op: Node;
  } => {
    const path = tf.constant(vocabulary, { name: 'words' });
    tf.add_to_collection(tf.GraphKeys.ASSET_FILEPATHS, path);
    const shown = new tf.Variable('', {
      trainable: false,
      collections: ['local_variables'],
      name: 'shown',
    });
    const main_op = tf.group(tf.assign(shown, path));
    const w = new tf.Variable([2, 3], { name: 'w' });
    const examples = tf.placeholder(tf.string, [null], { name: 'examples' });
    const numbers = tf.string_to_number(examples, { name: 'numbers' });
    const predictions = tf.multiply(numbers, w.at(0), 'predictions');
    const scores = tf.multiply(tf.expand_dims(numbers, 1), w, 'scores');
    const classes = tf.as_string(tf.argmax(scores, 1), { name: 'classes' });
    const sparse = new tf.SparseTensor(
      tf.placeholder(tf.int64, [null, 2], { name: 'sparse/indices' }),
      tf.placeholder(tf.float32, [null], { name: 'sparse/values' }),
      tf.placeholder(tf.int64, [2], { name: 'sparse/shape' }),
    );
    const total = tf.reduce_sum(sparse.values, { name: 'total' });
    const signatures = {
      regress: regression_signature_def(examples, predictions),
      classify: classification_signature_def(examples, classes, scores),
      total: build_signature_def(
        { sparse: build_tensor_info(sparse) },
        { total: build_tensor_info(total) },
        'my/method',
      ),
      path: build_signature_def({}, { path: build_tensor_info(shown) }, 'my/path'),
    };
    const assets = tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS);
    return { signatures, assets, main_op };
  };
  const first = graph();
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    builder.add_meta_graph_and_variables(sess, ['serve'], {
      signature_def_map: first.signatures,
      assets_collection: first.assets,
      main_op: first.main_op,
      strip_default_attrs: true,
    });
  });
  tf.with(new tf.Graph().as_default(), () => {
    const { signatures, assets, main_op } = graph();
    builder.add_meta_graph(['serve', 'gpu'], {
      signature_def_map: signatures,
      assets_collection: assets,
      main_op,
      clear_devices: true,
    });
  });
  builder.save(as_text);
}

/** A training program with a checkpoint, to go on with. */
function training(directory: string, options: { as_text?: boolean; use_resource?: boolean }): void {
  const { train } = line(options.use_resource ?? false);
  tf.add_to_collection('numbers', 3);
  tf.add_to_collection('rates', 0.5);
  tf.add_to_collection('words', 'hello');
  const saver = new tf.train.Saver();
  tf.add_to_collection(tf.GraphKeys.SAVERS, saver);
  tf.with(new tf.Session(), (sess) => {
    trained(sess, train, 3);
    saver.save(sess, join(directory, 'values'), { write_meta_graph: false });
  });
  saver.export_meta_graph(join(directory, 'graph.meta'), { as_text: options.as_text ?? false });
}

/** Loops and conditions, within each other, whose gradients TensorFlow builds after the import. */
function controlFlow(directory: string): void {
  const x = tf.placeholder(tf.float32, [], { name: 'x' });
  const power = tf.while_loop(
    (i, _) => tf.less(i as tf.Tensor, 3),
    (i, y) => [
      tf.add(i as tf.Tensor, 1),
      tf.cond(
        tf.greater(y as tf.Tensor, 10),
        () => tf.multiply(y as tf.Tensor, 0.5),
        () => tf.multiply(y as tf.Tensor, x),
      ),
    ],
    [tf.constant(0, tf.int32), x],
    { maximum_iterations: 10 },
  ) as tf.Tensor[];
  const nested = tf.while_loop(
    (i) => tf.less(i as tf.Tensor, 2),
    (i, y) => [
      tf.add(i as tf.Tensor, 1),
      tf
        .while_loop(
          (_, z) => tf.less(z as tf.Tensor, 20),
          (j, z) => [tf.add(j as tf.Tensor, 1), tf.multiply(z as tf.Tensor, x)],
          [tf.constant(0, tf.int32), y as tf.Tensor],
        )
        .at(1) as tf.Tensor,
    ],
    [tf.constant(0, tf.int32), x],
  ) as tf.Tensor[];
  const chosen = tf.cond(
    tf.less(x, 2),
    () => tf.square(x),
    () => tf.multiply(x, 5),
  ) as tf.Tensor;
  tf.identity(power[1]!, 'power');
  tf.identity(nested[1]!, 'nested');
  tf.identity(chosen, 'chosen');
  tf.train.export_meta_graph(join(directory, 'graph.meta'));
}

/** A queue that is filled by a runner, and parts of a larger variable. */
function queueAndParts(directory: string): void {
  const queue = new tf.FIFOQueue(10, [tf.float32], { shapes: [[]], name: 'numbers' });
  const step = new tf.Variable(0, { name: 'count' });
  const enqueue = queue.enqueue(tf.assign_add(step, 1) as tf.Tensor);
  tf.train.add_queue_runner(new tf.train.QueueRunner(queue, [enqueue]));
  tf.identity(queue.dequeue(), 'next');
  const whole = tf.constant([
    [0, 1],
    [2, 3],
    [4, 5],
    [6, 7],
    [8, 9],
  ]);
  tf.get_variable('parts', { initializer: whole, partitioner: tf.fixed_size_partitioner(2) });
  const saver = new tf.train.Saver();
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    saver.save(sess, join(directory, 'values'), { write_meta_graph: true });
  });
}

/** What is written, by the name of its folder. */
export const WRITTEN: Readonly<Record<string, (directory: string) => void>> = {
  simple_save: (directory) => simple(directory, false),
  simple_save_resource: (directory) => simple(directory, true),
  two_graphs: (directory) => twoGraphs(directory, false),
  two_graphs_text: (directory) => twoGraphs(directory, true),
  training: (directory) => training(directory, {}),
  training_text: (directory) => training(directory, { as_text: true, use_resource: true }),
  control_flow: controlFlow,
  queue: queueAndParts,
};

/** Writes all of them below `directory`. */
export function writeAll(directory: string): void {
  for (const [name, write] of Object.entries(WRITTEN)) {
    const folder = join(directory, name);
    mkdirSync(folder, { recursive: true });
    tf.with(new tf.Graph().as_default(), () => write(folder));
  }
}

const [, script, target] = process.argv;
if (script?.endsWith('written_models.ts') && target) writeAll(target);
