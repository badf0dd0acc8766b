// A recurrent network that learns to write: it reads a nursery rhyme letter by letter, and guesses
// the next letter each time. Then it writes, reading what it wrote: its state is fetched after every
// letter and fed with the next one.

import { readFileSync } from 'node:fs';
import * as tf from 'tf1';
import { progress } from './progress.ts';
import { steps } from './steps.ts';

const text = readFileSync(new URL('./data/house_that_jack_built.txt', import.meta.url), 'utf8');
const letters = [...new Set(text)].sort();
const codes = [...text].map((letter) => letters.indexOf(letter));
const [BATCH, LENGTH, UNITS] = [24, 32, 96] as const;

tf.set_random_seed(1);
const x = tf.placeholder(tf.int32, [null, null], { name: 'x' });
const y = tf.placeholder(tf.int32, [null, null], { name: 'y' });
const cell = new tf.nn.rnn_cell.BasicLSTMCell(UNITS);
const before = cell.zero_state(tf.shape(x).at(0), tf.float32);
const [outputs, after] = tf.nn.dynamic_rnn(cell, tf.one_hot(x, letters.length), {
  initial_state: before,
});
const logits = tf.layers.dense(outputs, letters.length);
const loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: y, logits }));
const optimizer = new tf.train.AdamOptimizer(0.01);
const pairs = optimizer.compute_gradients(loss);
const [clipped] = tf.clip_by_global_norm(
  pairs.map(([gradient]) => gradient!),
  1,
);
const train = optimizer.apply_gradients(clipped.map((gradient, i) => [gradient, pairs[i]![1]]));
const chances = tf.nn.softmax(logits.at(0, -1));

/** Pieces of the text that begin at scattered places, and the letters that follow each letter of them. */
function batch(step: number) {
  const starts = Array.from(
    { length: BATCH },
    (_, i) => ((step * BATCH + i) * 127) % (codes.length - LENGTH),
  );
  const pieces = (shift: number) =>
    starts.map((start) => codes.slice(start + shift, start + shift + LENGTH));
  return [
    [x, pieces(0)],
    [y, pieces(1)],
  ] as const;
}

/** What the network writes after `begin`: always the likeliest next letter. */
function write(sess: tf.Session, begin: string, count: number): string {
  let written = begin;
  const read = (piece: string, feeds: readonly (readonly [object, object])[]) =>
    sess.run([chances, after], {
      feed_dict: [[x, [[...piece].map((letter) => letters.indexOf(letter))]], ...feeds],
    });
  let [next, state] = read(begin, []);
  while (written.length < count) {
    const likeliest = next.tolist().reduce((best, p, i, all) => (p > all[best]! ? i : best), 0);
    written += letters[likeliest];
    [next, state] = read(letters[likeliest]!, [[before, state]]);
  }
  return written;
}

const total = steps(300);
tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  console.log(`${text.length} letters, ${letters.length} different ones`);
  const line = progress('char_lstm', total);
  let last = Number.NaN;
  for (let step = 1; step <= total; step++) {
    [last] = sess.run([loss, train], { feed_dict: batch(step) });
    line.at(step, `loss ${last.toFixed(3)}`);
  }
  line.end(`gives the right next letter a chance of ${(100 * Math.exp(-last)).toFixed(0)}%`);
  console.log(`\nWhat it writes:\n\n${write(sess, 'This is the ', 240)}`);
});
