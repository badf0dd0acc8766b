/** A lazy Adam step on an embedding of 20,000 words: only the rows that were looked up have a gradient. */

import * as tf from 'tf1';
import { array, type Program, session } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const [WORDS, WIDTH, BATCH] = [20_000, 64, 256];
const words = Int32Array.from({ length: BATCH }, (_, i) => (i * 7919) % WORDS);
const rows = Float32Array.from({ length: WORDS * WIDTH }, (_, i) => Math.sin(i));

function training(): Program {
  const table = new tf.Variable(tf.constant(array(rows, [WORDS, WIDTH])));
  const ids = tf.placeholder(tf.int32, [BATCH], { name: 'ids' });
  const loss = tf.reduce_mean(tf.square(tf.nn.embedding_lookup(table, ids)));
  return {
    fetches: [loss, new tf.train.AdamOptimizer(0.001).minimize(loss)],
    init: tf.global_variables_initializer(),
    feed_dict: [[ids, new tf.NdArray(tf.int32, [BATCH], words)]],
  };
}

export const workload: Workload = {
  about: `sparse Adam step on an embedding [${WORDS}, ${WIDTH}], ${BATCH} words`,
  contenders: { 'tf1 session': session(training), ...tensorflow(training) },
};
