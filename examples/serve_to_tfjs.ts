// Train, save, freeze, serve: one small network in a checkpoint, a frozen graph and a tfjs model.
// tfjs-converter, which knows nothing of this library, runs the last one and gives the same numbers.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { loadGraphModel } from '@tensorflow/tfjs-converter';
import * as tfjs from '@tensorflow/tfjs-core';
import * as tf from 'tf1';
import { save_graph_model } from 'tf1/converter';
import { steps } from './steps.ts';

const total = steps(400);
const folder = mkdtempSync(join(tmpdir(), 'tf1-serve-'));
tf.set_random_seed(1);

// Which points of a square are inside a ring?
const points = Array.from({ length: 200 }, (_, i) => [
  2 * ((i * 0.618034) % 1) - 1,
  2 * ((i * 0.414214) % 1) - 1,
]);
const inside = points.map(([x, y]) => {
  const radius = Math.hypot(x!, y!);
  return radius > 0.4 && radius < 0.85 ? 1 : 0;
});

const input = tf.placeholder(tf.float32, [null, 2], 'points');
const labels = tf.placeholder(tf.int32, [null], 'labels');
const hidden = tf.layers.dense(input, 24, { activation: tf.tanh, name: 'hidden' });
const logits = tf.layers.dense(hidden, 2, { name: 'logits' });
const chances = tf.nn.softmax(logits, { name: 'chances' });
const loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits({ labels, logits }));
const train = new tf.train.AdamOptimizer(0.02).minimize(loss);
const saver = new tf.train.Saver();

tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  const feed_dict = [
    [input, points],
    [labels, tf.int32(inside)],
  ] as const;
  for (let i = 0; i < total; i++) {
    const [l] = sess.run([loss, train], { feed_dict });
    if (i % Math.max(1, Math.floor(total / 5)) === 0)
      console.log(`step ${i}: loss ${l.toFixed(4)}`);
  }
  saver.save(sess, join(folder, 'ring.ckpt'), total);

  // Frozen: what the answer needs, with the weights inside.
  const frozen = tf.graph_util.convert_variables_to_constants(sess, sess.graph.as_graph_def(), [
    'chances',
  ]);
  tf.train.write_graph(frozen, folder, 'ring.pb', { as_text: false });
  save_graph_model(sess, join(folder, 'web'), { points: input }, { chances });
});
for (const name of ['ring.pb', 'web/model.json'])
  console.log(`${name}: ${statSync(join(folder, name)).size} bytes`);

// Three readers of three formats: a new session, the frozen graph, and tfjs.
const asked = [
  [0, 0],
  [0.6, 0.1],
  [-0.3, 0.5],
  [0.9, 0.9],
];
const [first, second] = [restored(), imported()];
const third = await served();
console.log('chance to be inside the ring, from the checkpoint, the frozen graph and tfjs:');
asked.forEach(([x, y], i) => {
  const row = [first, second, third].map((values) => values[i]!.toFixed(6)).join('  ');
  console.log(`(${x}, ${y})`.padEnd(12), row);
});
const gap = Math.max(
  ...first.map((value, i) => Math.max(Math.abs(value - second[i]!), Math.abs(value - third[i]!))),
);
console.log(`largest difference: ${gap.toExponential(1)}`);
if (gap > 1e-5) process.exitCode = 1;
rmSync(folder, { recursive: true });

function restored(): number[] {
  return tf.with(new tf.Session(), (sess) => {
    saver.restore(sess, tf.train.latest_checkpoint(folder)!);
    return column(sess.run(chances, { feed_dict: [[input, asked]] }));
  });
}

function imported(): number[] {
  const graphDef = tf.GraphDef.FromString(readFileSync(join(folder, 'ring.pb')));
  return tf.with(new tf.Graph().as_default(), () => {
    tf.import_graph_def(graphDef, { name: '' });
    return tf.with(new tf.Session(), (sess) =>
      column(sess.run('chances:0', { feed_dict: { 'points:0': asked } })),
    );
  });
}

async function served(): Promise<number[]> {
  const web = join(folder, 'web');
  const model = JSON.parse(readFileSync(join(web, 'model.json'), 'utf8'));
  const shards = readdirSync(web).filter((name) => name.endsWith('.bin'));
  const bytes = Buffer.concat(shards.sort().map((name) => readFileSync(join(web, name))));
  // A page says loadGraphModel('web/model.json'), which fetches the shards itself.
  const loaded = await loadGraphModel({
    load: async () => ({
      ...model,
      weightSpecs: model.weightsManifest[0].weights,
      weightData: Uint8Array.from(bytes).buffer,
    }),
  });
  const answer = loaded.execute(tfjs.tensor2d(asked), 'chances') as tfjs.Tensor;
  return (answer.arraySync() as number[][]).map(([, chance]) => chance!);
}

/** The second of each row. */
function column(values: ReturnType<tf.Tensor['numpy']>): number[] {
  return values.tolist().map((row) => Number(row[1]));
}
