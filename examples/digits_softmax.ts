// "MNIST for ML beginners": one softmax layer on real handwritten digits.
// The step and the accuracy are parts of one graph, run separately; at the end, a look at what it
// gets wrong.

import * as tf from 'tf1';
import { loadDigits } from './data/digits.ts';
import { beside, drawDigit } from './data/drawing.ts';
import { steps } from './steps.ts';

const { train, test } = loadDigits();
const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
const y_ = tf.placeholder(tf.float32, [null, 10], { name: 'y_' });
const w = new tf.Variable(tf.zeros([784, 10]), { name: 'w' });
const b = new tf.Variable(tf.zeros([10]), { name: 'b' });
const logits = tf.matmul(x, w).add(b);
const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y_, logits }));
const train_step = new tf.train.GradientDescentOptimizer(0.5).minimize(loss);
const answer = tf.argmax(logits, 1);
const correct = tf.equal(answer, tf.argmax(y_, 1));
const accuracy = tf.reduce_mean(tf.cast(correct, tf.float32));

const total = steps(300);
tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  const size = 100;
  for (let i = 0; i < total; i++) {
    const { images, labels } = train.batch(i, size);
    const feed_dict = [
      [x, tf.float32(images).reshape([size, 784])],
      [y_, tf.float32(labels).reshape([size, 10])],
    ] as const;
    const [l] = sess.run([loss, train_step], { feed_dict });
    if (i % 50 === 0) console.log(`step ${String(i).padStart(3)}  loss ${l.toFixed(4)}`);
  }
  const { images, labels, digits, size: count } = test.all();
  const feed_dict = [
    [x, tf.float32(images).reshape([count, 784])],
    [y_, tf.float32(labels).reshape([count, 10])],
  ] as const;
  const [share, answers] = sess.run([accuracy, answer], { feed_dict });
  console.log(`test accuracy ${(100 * share).toFixed(1)}% of ${count} digits it never saw`);

  const given = answers.tolist();
  const wrong = given.flatMap((guess, i) => (guess === digits[i] ? [] : [i])).slice(0, 3);
  console.log('\nSome that it got wrong:');
  console.log(beside(wrong.map((i) => drawDigit(images.subarray(i * 784, (i + 1) * 784)))));
  console.log(wrong.map((i) => `a ${digits[i]}, taken for a ${given[i]}`.padEnd(29)).join(''));
});
