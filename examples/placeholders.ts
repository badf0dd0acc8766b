// A placeholder is a value that each run is given.
// Its shape may leave sizes open with `null`, and what is fed must fit: a wrong shape or a missing feed
// is an error that says what to do.

import * as tf from 'tf1';

const points = tf.placeholder(tf.float32, [null, 2], { name: 'points' });
const lengths = tf.sqrt(tf.reduce_sum(tf.square(points), 1), { name: 'lengths' });

tf.with(new tf.Session(), (sess) => {
  const corners = [
    [3, 4],
    [5, 12],
    [8, 15],
  ];
  console.log('a list of pairs  ', String(sess.run(lengths, { feed_dict: [[points, corners]] })));
  console.log(
    'by name          ',
    String(sess.run(lengths, { feed_dict: { 'points:0': [[6, 8]] } })),
  );
  const row = tf.float32([0, 2]).reshape([1, 2]);
  console.log(
    'an array in a Map',
    String(sess.run(lengths, { feed_dict: new Map([[points, row]]) })),
  );

  const squares = lengths.op.inputs[0]!;
  console.log('any tensor can be fed, here', squares.name);
  console.log(
    '                 ',
    String(sess.run(lengths, { feed_dict: [[squares, [100, 121]]] })),
  );

  for (const feed_dict of [{ 'points:0': [[1, 2, 3]] }, {}]) {
    try {
      sess.run(lengths, { feed_dict });
    } catch (error) {
      const { name, message } = error as Error;
      console.log(`\n${name}: ${message}`);
    }
  }
});
