// Learns to write a sequence of digits backwards, with attention.
// An encoder reads the digits; a decoder writes them, and at each step looks at all that the encoder
// saw. What it looks at, drawn at the end, runs from the last digit to the first.

import * as tf from 'tf1';
import { progress } from './progress.ts';
import { steps } from './steps.ts';

const [END, START] = [10, 11];
const TOKENS = 12;
const [BATCH, LONGEST, UNITS] = [64, 8, 48];
const { seq2seq } = tf.contrib;

const random = (() => {
  let state = 7;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
})();

/** Sequences of 3 to 8 digits, filled up with END, and how long they are. */
function batch(size: number) {
  const digits = Array.from({ length: size }, () =>
    Array.from({ length: 3 + random(LONGEST - 2) }, () => random(10)),
  );
  const filled = (row: readonly number[]) =>
    Array.from({ length: LONGEST + 1 }, (_, i) => row[i] ?? END);
  return {
    digits,
    x: digits.map(filled),
    y: digits.map((row) => filled(row.toReversed())),
    lengths: digits.map((row) => row.length),
  };
}

tf.set_random_seed(1);
const x = tf.placeholder(tf.int32, [null, LONGEST + 1], { name: 'x' });
const y = tf.placeholder(tf.int32, [null, LONGEST + 1], { name: 'y' });
const lengths = tf.placeholder(tf.int32, [null], { name: 'lengths' });
const rows = tf.shape(x).at(0);

const embedding = tf.get_variable('embedding', [TOKENS, 16]);
const seen = tf.nn.embedding_lookup(embedding, x);
const encoder = new tf.nn.rnn_cell.GRUCell(UNITS);
const [memory, summary] = tf.nn.dynamic_rnn(encoder, seen, {
  sequence_length: lengths,
  dtype: tf.float32,
  scope: 'encoder',
});

const attention = new seq2seq.LuongAttention(UNITS, memory, lengths);
const cell = new seq2seq.AttentionWrapper(new tf.nn.rnn_cell.GRUCell(UNITS), attention, {
  attention_layer_size: UNITS,
  alignment_history: true,
});
const answer = new tf.layers.Dense(TOKENS, { name: 'answer' });
const start = cell.zero_state(rows, tf.float32).clone({ cell_state: summary });

/** The decoder on the inputs that `helper` chooses. */
function decode(helper: tf.contrib.seq2seq.Helper) {
  const decoder = new seq2seq.BasicDecoder(cell, helper, start, answer);
  return tf.with(tf.variable_scope('decoder', { reuse: tf.AUTO_REUSE }), (scope) =>
    seq2seq.dynamic_decode(decoder, { maximum_iterations: LONGEST + 1, scope }),
  );
}

// While it learns, the decoder is given the right digit of the step before.
const starts = tf.fill(tf.stack([rows]), tf.constant(START, tf.int32));
const given = tf.concat([tf.expand_dims(starts, 1), tf.slice(y, [0, 0], [-1, LONGEST])], 1);
const all = tf.fill(tf.stack([rows]), tf.constant(LONGEST + 1, tf.int32));
const [taught] = decode(new seq2seq.TrainingHelper(tf.nn.embedding_lookup(embedding, given), all));
const counted = tf.sequence_mask(lengths.add(1), LONGEST + 1, tf.float32);
const loss = seq2seq.sequence_loss(taught.rnn_output, y, counted);
const train = new tf.train.AdamOptimizer(0.005).minimize(loss);

// Afterwards it is given what it wrote itself.
const [written, last] = decode(new seq2seq.GreedyEmbeddingHelper(embedding, starts, END));
const state: unknown = last;
const looks = (state as tf.contrib.seq2seq.AttentionWrapperState).alignment_history.stack();

tf.with(new tf.Session(), (session) => {
  session.run(tf.global_variables_initializer());
  const total = steps(250);
  const line = progress('learning', total);
  for (let step = 1; step <= total; step++) {
    const part = batch(BATCH);
    const feed_dict = [
      [x, part.x],
      [y, part.y],
      [lengths, part.lengths],
    ] as const;
    const [value] = session.run([loss, train], { feed_dict });
    line.at(step, `loss ${value!.toFixed(4)}`);
  }
  const test = batch(200);
  const [ids, weights] = session.run([written.sample_id, looks], {
    feed_dict: [
      [x, test.x],
      [lengths, test.lengths],
    ],
  });
  const wrote = test.digits.map((row, b) =>
    Array.from({ length: row.length }, (_, t) => Number(ids!.tolist()[b]![t] ?? END)),
  );
  const right = wrote.filter((row, b) => row.join() === test.digits[b]!.toReversed().join());
  line.end(`${right.length} of ${test.digits.length} unseen sequences are written backwards\n`);
  for (let b = 0; b < 4; b++)
    console.log(`${test.digits[b]!.join(' ')}  ->  ${wrote[b]!.join(' ')}`);

  console.log('\nWhere it looks while it writes: one row per digit written');
  const read = test.digits[0]!;
  console.log(`    ${read.join(' ')}`);
  wrote[0]!.forEach((digit, t) => {
    const shades = read.map(
      (_, i) => ' .:*#'[Math.min(4, Math.floor(5 * Number(weights!.tolist()[t]?.[0]?.[i] ?? 0)))],
    );
    console.log(`  ${digit} ${shades.join(' ')}`);
  });
});
