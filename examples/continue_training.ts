// Continue a training run from a meta graph and a checkpoint.
// One program trains and saves. Another one, which has none of its code, opens the files, finds the
// training operation in them, and goes on where the first one stopped: step, momentum and all.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from 'tf1';
import { loadDigits } from './data/digits.ts';
import { steps } from './steps.ts';

const { train } = loadDigits();
const folder = mkdtempSync(join(tmpdir(), 'continue-'));
const half = Math.max(1, Math.floor(steps(120) / 2));

/** Batch `i` of digits, for the placeholders of the program by their names. */
function batch(i: number): Record<string, unknown> {
  const { images, digits, size } = train.batch(i, 100);
  return { 'image:0': tf.float32(images).reshape([size, 784]), 'label:0': digits };
}

function firstProgram(): void {
  tf.set_random_seed(1);
  const x = tf.placeholder(tf.float32, [null, 784], { name: 'image' });
  const label = tf.placeholder(tf.int32, [null], { name: 'label' });
  const logits = tf.layers.dense(x, 10);
  const loss = tf.losses.sparse_softmax_cross_entropy(label, logits);
  const global_step = tf.train.get_or_create_global_step();
  const optimizer = new tf.train.MomentumOptimizer(0.1, 0.9);
  tf.add_to_collection('train_op', optimizer.minimize(loss, { global_step }));
  const saver = new tf.train.Saver();
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    run(sess, half);
    saver.save(sess, join(folder, 'model'), { global_step });
  });
}

function secondProgram(): void {
  const checkpoint = tf.train.latest_checkpoint(folder)!;
  const saver = tf.train.import_meta_graph(`${checkpoint}.meta`)!;
  console.log(
    `\nvariables in the files: ${tf
      .global_variables()
      .map((v) => v.op.name)
      .join(', ')}`,
  );
  tf.with(new tf.Session(), (sess) => {
    saver.restore(sess, checkpoint);
    run(sess, half);
  });
}

/** Trains for `count` steps with what is in the collections of the graph. */
function run(sess: tf.Session, count: number): void {
  const [train_op] = tf.get_collection('train_op') as tf.Operation[];
  const [loss] = tf.get_collection(tf.GraphKeys.LOSSES) as tf.Tensor[];
  const step = tf.train.get_global_step() as tf.Tensor;
  const first = sess.run(step);
  for (let i = first; i < first + count; i++) {
    const [l] = sess.run([loss!, train_op!], { feed_dict: batch(i) });
    if ((i - first) % 20 === 0) console.log(`step ${String(i).padStart(3)}  loss ${l.toFixed(4)}`);
  }
}

tf.with(new tf.Graph().as_default(), firstProgram);
console.log(`\nwritten: ${readdirSync(folder).join(', ')}`);
tf.with(new tf.Graph().as_default(), secondProgram);
rmSync(folder, { recursive: true });
