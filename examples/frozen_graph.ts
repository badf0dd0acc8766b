// Open a frozen TF1 graph and classify with it.
// A frozen graph is one file: nodes, and the weights as constants. First one is made, as TF1 programs
// do: train, freeze, write. Then it is opened as if it came from somewhere else.

import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from 'tf1';
import { loadDigits } from './data/digits.ts';
import { beside, drawDigit } from './data/drawing.ts';
import { steps } from './steps.ts';

const { train, test } = loadDigits();
const folder = mkdtempSync(join(tmpdir(), 'frozen-'));
const file = join(folder, 'digits.pb');

/** Trains a softmax layer on digits, and writes it with its weights as constants. */
function makeFile(): void {
  tf.set_random_seed(1);
  const x = tf.placeholder(tf.float32, [null, 784], { name: 'image' });
  const label = tf.placeholder(tf.int32, [null], { name: 'label' });
  const logits = tf.layers.dense(x, 10, { name: 'layer' });
  tf.nn.softmax(logits, { name: 'probabilities' });
  const loss = tf.reduce_mean(
    tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: label, logits }),
  );
  const step = new tf.train.AdamOptimizer(0.01).minimize(loss);
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    const total = steps(200);
    for (let i = 0; i < total; i++) {
      const { images, digits, size } = train.batch(i, 100);
      sess.run(step, [
        [x, tf.float32(images).reshape([size, 784])],
        [label, digits],
      ]);
    }
    const frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph_def, [
      'probabilities',
    ]);
    tf.train.write_graph(frozen, folder, 'digits.pb', { as_text: false });
  });
}

tf.with(new tf.Graph().as_default(), makeFile);
console.log(`wrote digits.pb, ${Math.round(statSync(file).size / 1024)} kB\n`);

// From here on nothing is known but the file.
const graph_def = tf.GraphDef.FromString(readFileSync(file));
const inputs = graph_def.node.filter(({ op }) => op === 'Placeholder').map(({ name }) => name);
console.log(`${graph_def.node.length} nodes, to be fed: ${inputs.join(', ')}`);
for (const { name, op, input } of graph_def.node) {
  console.log(`  ${name.padEnd(18)} ${op.padEnd(12)} ${input.join(', ')}`);
}

const graph = new tf.Graph();
tf.with(graph.as_default(), () => tf.import_graph_def(graph_def, { name: '' }));
const image = graph.get_tensor_by_name('image:0');
const probabilities = graph.get_tensor_by_name('probabilities:0');
const answer = tf.argmax(probabilities, 1);

tf.with(new tf.Session({ graph }), (sess) => {
  const { images, digits } = test.batch(0, 4);
  const feed_dict = [[image, tf.float32(images).reshape([4, 784])]] as const;
  const [answers, chances] = sess.run([answer, tf.reduce_max(probabilities, 1)], { feed_dict });
  const drawings = [0, 1, 2, 3].map((i) => drawDigit(images.subarray(i * 784, (i + 1) * 784)));
  console.log(`\n${beside(drawings)}`);
  const texts = [0, 1, 2, 3].map((i) => {
    const percent = Math.round(100 * Number(chances.get(i)));
    return `a ${answers.get(i)} (${percent}%), it is ${digits[i]}`.padEnd(29);
  });
  console.log(texts.join(''));
});
rmSync(folder, { recursive: true });
