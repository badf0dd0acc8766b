/** Two small variables, and a session in which they have their values. */

import * as tf from 'tf1';

export function twoVariables(): [tf.Variable, tf.Variable] {
  return [
    new tf.Variable(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'w' },
    ),
    new tf.Variable(tf.int64([7, 8]), { name: 'b' }),
  ];
}

export function inSession<R>(body: (sess: tf.Session) => R): R {
  return tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    return body(sess);
  });
}
