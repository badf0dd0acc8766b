/** The work of `npm run soak`: random graphs in both tiers, then many runs of small graphs. */

import * as fc from 'fast-check';
import * as tf from 'tf1';
import { heap } from '../src/backend/backend.ts';
import { recipes } from '../test/properties/recipes.ts';
import { noTrials, TRIALS } from '../test/properties/trials.ts';

const [graphs, runs, seed] = process.argv.slice(2, 5).map(Number) as [number, number, number];
const [only] = process.argv.slice(5);
const kinds = Object.entries(TRIALS).filter(([kind]) => !only || kind === only);

/** Graphs between two lines that say how far it is. */
const PROGRESS = 250;
/** Failures that are told in full. */
const SHOWN = 10;
/** JavaScript's memory may differ by so many bytes: what the engine itself keeps, as compiled code. */
const SLACK = 2 ** 20;

let failures = 0;
function fail(text: string): void {
  if (++failures <= SHOWN) console.log(`FAILED ${text}`);
}

// ---- graphs --------------------------------------------------------------------------------------

function soakGraphs(): void {
  const graph = fc.oneof(
    { weight: 4, arbitrary: recipes(25, [1, 2, 3]) },
    { weight: 1, arbitrary: recipes(12, [1, 64, 80]) },
  );
  const tally = noTrials();
  fc.sample(graph, { seed, numRuns: graphs }).forEach((recipe, i) => {
    const [kind, trial] = kinds[i % kinds.length]!;
    try {
      trial(recipe, seed + i, tally);
    } catch (error) {
      fail(`graph ${i}, ${kind}: ${(error as Error).message}\n${JSON.stringify(recipe)}`);
    }
    if ((i + 1) % PROGRESS === 0 || i + 1 === graphs) {
      const share = Math.round((100 * tally.kernels) / Math.max(1, tally.steps));
      console.log(
        `${i + 1} graphs: ${tally.runs} runs, ${tally.specialised} specialised with ${tally.steps} steps (${share}% kernels), ${tally.failed} that fail in both tiers; ${failures} differ`,
      );
    }
  });
}

// ---- memory --------------------------------------------------------------------------------------

const collect: () => void = globalThis.gc!;

/** Blocks and bytes of the wasm heap, and bytes of JavaScript's. */
function memory(): { blocks: number; bytes: number; used: number } {
  collect();
  collect();
  const { blocks = 0, numbers } = heap ?? {};
  return { blocks, bytes: numbers?.byteLength ?? 0, used: process.memoryUsage().heapUsed };
}

/** A step of training, whose batch is fed. */
function training(sess: tf.Session): (i: number) => void {
  const x = tf.placeholder(tf.float32, [null, 8]);
  const y = tf.placeholder(tf.float32, [null, 2]);
  const hidden = tf.layers.dense(x, 8, { activation: tf.nn.relu });
  const loss = tf.losses.mean_squared_error(y, tf.layers.dense(hidden, 2));
  const train = new tf.train.AdamOptimizer(0.001).minimize(loss);
  sess.run(tf.global_variables_initializer());
  const rows = [16, 17].map((n) => [new Float32Array(8 * n).fill(0.5), n] as const);
  return (i) => {
    // Every hundredth batch is another size: two forms of the plan are in use.
    const [data, n] = rows[i % 100 === 99 ? 1 : 0]!;
    data[i % data.length] = Math.sin(i);
    const batch = new tf.NdArray(tf.float32, [n, 8], data);
    const target = new tf.NdArray(tf.float32, [n, 2], data.subarray(0, 2 * n));
    sess.run(
      [loss, train],
      [
        [x, batch],
        [y, target],
      ],
    );
  };
}

/** One operation, fed and fetched. */
function oneOp(sess: tf.Session): (i: number) => void {
  const x = tf.placeholder(tf.float32, [3]);
  const y = tf.add(x, 1);
  const data = new Float32Array(3);
  const array = new tf.NdArray(tf.float32, [3], data);
  return (i) => {
    data[0] = i;
    sess.run(y, [[x, array]]);
  };
}

function soakRuns(name: string, build: (sess: tf.Session) => (i: number) => void): void {
  const around = memory();
  tf.with(new tf.Graph().as_default(), () => {
    tf.with(new tf.Session(), (sess) => {
      const run = build(sess);
      for (let i = 0; i < Math.min(runs, 20_000); i++) run(i);
      const before = memory();
      const start = performance.now();
      for (let i = 0; i < runs; i++) run(i);
      const micros = ((performance.now() - start) * 1000) / runs;
      const after = memory();
      const grown = after.used - before.used;
      console.log(
        `${runs} runs of ${name}: ${micros.toFixed(1)} us each; ${after.blocks - before.blocks} more blocks, ${after.bytes - before.bytes} more bytes on the wasm heap; JavaScript's grew by ${grown} bytes`,
      );
      if (after.blocks !== before.blocks || after.bytes !== before.bytes || grown > SLACK) {
        fail(`${name} leaves memory behind`);
      }
    });
  });
  const blocks = memory().blocks - around.blocks;
  if (blocks !== 0) fail(`${name}: the closed session leaves ${blocks} blocks on the heap`);
}

if (graphs > 0) soakGraphs();
if (runs > 0) {
  soakRuns('one operation', oneOp);
  soakRuns('a training step', training);
}
if (failures > 0) process.exitCode = 1;
