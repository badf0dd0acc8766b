/** A lazy Adam step on an embedding of 20,000 words: only the rows that were looked up have a gradient. */

import * as tf from 'tf1';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const [WORDS, WIDTH, BATCH] = [20_000, 64, 256];
const words = Int32Array.from({ length: BATCH }, (_, i) => (i * 7919) % WORDS);

function build() {
  const table = new tf.Variable(
    tf.constant(
      new tf.NdArray(
        tf.float32,
        [WORDS, WIDTH],
        Float32Array.from({ length: WORDS * WIDTH }, (_, i) => Math.sin(i)),
      ),
    ),
  );
  const ids = tf.placeholder(tf.int32, [BATCH], { name: 'ids' });
  const rows = tf.nn.embedding_lookup(table, ids);
  const loss = tf.reduce_mean(tf.square(rows));
  return { ids, loss, step: new tf.train.AdamOptimizer(0.001).minimize(loss) };
}

export const workload: Workload = {
  about: `sparse Adam step on an embedding [${WORDS}, ${WIDTH}], ${BATCH} words`,
  contenders: {
    'tf1 session': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { ids, loss, step } = build();
        const session = new tf.Session();
        session.run(tf.global_variables_initializer());
        return {
          step: () => session.run([loss, step], { feed_dict: [[ids, words]] })[0],
          close: () => session.close(),
        };
      }),
    ...tensorflow(() => {
      const { ids, loss, step } = build();
      return {
        fetches: [loss, step],
        init: tf.global_variables_initializer(),
        feed_dict: [[ids, new tf.NdArray(tf.int32, [BATCH], words)]],
      };
    }),
  },
};
