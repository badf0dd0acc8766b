/** Networks of public TF1 programs, written down as there, with the weights that their authors published. */

import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { sharedPath, sharedText, skipWithout } from '../conformance/shared.ts';

beforeEach(() => tf.reset_default_graph());

/** Gives the variables of the graph the numbers of a dump: raw float32, one file each. */
function load(directory: string, sess: tf.Session, rename: (name: string) => string): void {
  const manifest = JSON.parse(readFileSync(`${directory}/manifest.json`, 'utf8')) as Record<
    string,
    { filename: string; shape: number[] }
  >;
  for (const variable of tf.global_variables()) {
    const { filename, shape } = manifest[rename(variable.op.name)]!;
    const bytes = readFileSync(`${directory}/${filename}`);
    const values = new Float32Array(new Uint8Array(bytes).buffer);
    variable.load(tf.float32(values).reshape(shape), sess);
  }
}

const RNN = 'artifacts/tf1_variable_dump/char_rnn_shakespeare';
const rnnText = sharedText('artifacts/goldens/tf1_variable_dump__char_rnn_shakespeare.json');
const rnnDirectory = sharedPath(RNN);
if (rnnText === null || rnnDirectory === null) skipWithout(RNN);
else {
  const golden = JSON.parse(rnnText) as {
    prime: string;
    probs_after_each_char: number[][];
    greedy_text: string;
  };
  const vocab = JSON.parse(readFileSync(`${rnnDirectory}/vocab.json`, 'utf8')) as Record<
    string,
    number
  >;
  const chars = Object.keys(vocab);
  for (const char of Object.keys(vocab)) chars[vocab[char]!] = char;

  /** The model of char-rnn-tensorflow, as it samples. */
  function model(size: number, units: number) {
    const { rnn, legacy_seq2seq } = tf.contrib;
    const cells = [0, 1].map(() => new rnn.BasicLSTMCell(units, { state_is_tuple: true }));
    const cell = new rnn.MultiRNNCell(cells, { state_is_tuple: true });
    const input_data = tf.placeholder(tf.int32, [1, 1]);
    const initial_state = cell.zero_state(1, tf.float32);
    const [softmax_w, softmax_b] = tf.with(tf.variable_scope('rnnlm'), () => [
      tf.get_variable('softmax_w', [units, size]),
      tf.get_variable('softmax_b', [size]),
    ]) as [tf.Variable, tf.Variable];
    const embedding = tf.get_variable('embedding', [size, units]);
    const looked = tf.nn.embedding_lookup(embedding, input_data);
    const inputs = tf.split(looked, 1, 1).map((x) => tf.squeeze(x, [1]));
    const loop_function = (prev: tf.Tensor) => {
      const logits = tf.matmul(prev, softmax_w).add(softmax_b);
      return tf.nn.embedding_lookup(embedding, tf.stop_gradient(tf.argmax(logits, 1)));
    };
    const [outputs, final_state] = legacy_seq2seq.rnn_decoder(inputs, initial_state, cell, {
      loop_function,
      scope: 'rnnlm',
    });
    const output = tf.reshape(tf.concat(outputs, 1), [-1, units]);
    const probs = tf.nn.softmax(tf.matmul(output, softmax_w).add(softmax_b));
    return { input_data, initial_state, final_state, probs };
  }

  test('a network that has read Shakespeare writes on', () => {
    const { input_data, initial_state, final_state, probs } = model(chars.length, 128);
    tf.with(new tf.Session(), (sess) => {
      load(rnnDirectory, sess, (name) =>
        name.replace(/kernel$/, 'weights').replace(/bias$/, 'biases'),
      );
      let state = sess.run(initial_state);
      const step = (char: string): number[] => {
        const feed_dict = [
          [input_data, [[vocab[char]!]]],
          [initial_state, state],
        ] as const;
        const [p, next] = sess.run([probs, final_state], { feed_dict });
        state = next;
        return Array.from(p.data, Number);
      };
      let last: number[] = [];
      [...golden.prime].forEach((char, i) => {
        last = step(char);
        const wanted = golden.probs_after_each_char[i]!;
        last.forEach((p, k) => {
          expect(Math.abs(p - wanted[k]!)).toBeLessThan(1e-5);
        });
      });
      let text = golden.prime;
      while (text.length < golden.greedy_text.length) {
        const char = chars[last.indexOf(Math.max(...last))]!;
        text += char;
        last = step(char);
      }
      expect(text).toBe(golden.greedy_text);
    });
  });
}

const MNIST = 'artifacts/tf1_variable_dump/mnist_fully_connected';
const mnistText = sharedText('artifacts/goldens/tf1_variable_dump__mnist_fully_connected.json');
const mnistDirectory = sharedPath(MNIST);
if (mnistText === null || mnistDirectory === null) skipWithout(MNIST);
else {
  const golden = JSON.parse(mnistText) as {
    first_logits: number[][];
    argmax: number[];
    labels: number[];
    accuracy: number;
  };

  test("the network of TensorFlow's first tutorial reads digits", () => {
    const images = tf.placeholder(tf.float32, [null, 784]);
    const layer = (x: tf.Tensor, scope: string, from: number, to: number) =>
      tf.with(tf.name_scope(scope), () => {
        const weights = new tf.Variable(tf.zeros([from, to]), { name: 'weights' });
        const biases = new tf.Variable(tf.zeros([to]), { name: 'biases' });
        return tf.matmul(x, weights).add(biases);
      });
    const hidden1 = tf.nn.relu(layer(images, 'hidden1', 784, 128));
    const hidden2 = tf.nn.relu(layer(hidden1, 'hidden2', 128, 32));
    const logits = layer(hidden2, 'softmax_linear', 32, 10);
    const labels = tf.placeholder(tf.int64, [null]);
    const correct = tf.nn.in_top_k(logits, labels, 1);
    const samples = JSON.parse(readFileSync(`${mnistDirectory}/sample_data.json`, 'utf8')) as {
      images: number[][];
    };
    tf.with(new tf.Session(), (sess) => {
      load(mnistDirectory, sess, (name) => name);
      const feed_dict = [[images, samples.images] as const, [labels, golden.labels] as const];
      const [found, classes, share] = sess.run(
        [logits, tf.argmax(logits, 1), tf.reduce_mean(tf.to_float(correct))],
        { feed_dict },
      );
      golden.first_logits.forEach((row, i) => {
        row.forEach((value, k) => {
          expect(Math.abs(found.get(i, k) - value)).toBeLessThan(1e-4);
        });
      });
      expect(classes.tolist()).toEqual(golden.argmax);
      expect(share).toBeCloseTo(golden.accuracy, 6);
    });
  });
}
