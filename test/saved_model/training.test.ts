/** Training programs that others left in files go on here: five steps give the losses and variables that TensorFlow got. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { asArray } from '../../src/numpy/index.ts';
import { skipWithout } from '../conformance/shared.ts';
import { ARTIFACTS, arrayOf, goldenOf, present, type Recorded } from './artifacts.ts';

interface Sums {
  readonly sum: number;
  readonly abssum: number;
  readonly first: number[];
}
interface Trace {
  readonly initial_values: Record<string, Recorded & { assign_op: string }>;
  readonly feeds: Record<string, Recorded>;
  readonly train_op: string;
  readonly steps: { before_step: Record<string, number> }[];
  readonly variables_before: Record<string, Sums>;
  readonly variables_after_5_steps: Record<string, Sums>;
}

beforeEach(() => tf.reset_default_graph());

const fileOf = (path: string): string => fileURLToPath(new URL(path, ARTIFACTS));

/** The kinds of files that hold a training program, and how each is opened. */
const OPENERS: Record<string, (sess: tf.Session) => void> = {
  'saved_model/tf2onnx_regression': (sess) => {
    tf.saved_model.loader.load(sess, ['serve'], fileOf('saved_model/tf2onnx_regression'));
  },
  'saved_model/mlnet_cifar_saved_model': (sess) => {
    tf.saved_model.loader.load(sess, ['serve'], fileOf('saved_model/mlnet_cifar_saved_model'));
  },
  'saved_model/mlnet_mnist_lr_model': (sess) => {
    tf.saved_model.loader.load(sess, ['serve'], fileOf('saved_model/mlnet_mnist_lr_model'));
  },
  'metagraph/tfnet_xor': () => {
    tf.train.import_meta_graph(fileOf('metagraph/tfnet_xor/xor.meta'));
  },
  'frozen/rust_regression_graph': () => {
    const graphDef = tf.GraphDef.FromString(
      readFileSync(new URL('frozen/rust_regression_graph/model.pb', ARTIFACTS)),
    );
    tf.import_graph_def(graphDef, { name: '' });
  },
};

const near = (got: number, expected: number, scale: number): void => {
  expect(Math.abs(got - expected)).toBeLessThanOrEqual(
    1e-5 + 1e-4 * Math.max(scale, Math.abs(expected)),
  );
};

function expectVariables(sess: tf.Session, variables: Record<string, Sums>): void {
  for (const [name, { sum, abssum, first }] of Object.entries(variables)) {
    const data = [...asArray(sess.run(`${name}:0`)).data] as number[];
    const add = (total: number, n: number): number => total + n;
    near(data.reduce(add, 0), sum, abssum);
    near(data.map(Math.abs).reduce(add, 0), abssum, abssum);
    first.forEach((n, i) => {
      near(data[i]!, n, 0);
    });
  }
}

if (!present) skipWithout('artifacts');
else {
  test.each(Object.entries(OPENERS))('%s', (artifact, open) => {
    const trace = goldenOf<Trace>(artifact, 'train_golden.json')!;
    tf.with(new tf.Session(), (sess) => {
      open(sess);
      const values = Object.entries(trace.initial_values);
      if (values.length > 0) {
        const graph = tf.get_default_graph();
        const assigns = graph
          .get_operations()
          .filter(({ name }) => /^(?!save).*\/Assign$/.test(name));
        sess.run(
          assigns,
          Object.fromEntries(values.map(([name, value]) => [name, arrayOf(value, artifact)])),
        );
      }
      expectVariables(sess, trace.variables_before);
      const feeds = Object.fromEntries(
        Object.entries(trace.feeds).map(([name, value]) => [name, arrayOf(value, artifact)]),
      );
      const operation = tf.get_default_graph().as_graph_element(trace.train_op);
      for (const { before_step } of trace.steps) {
        for (const [name, loss] of Object.entries(before_step)) {
          near(Number(sess.run(name, feeds)), loss, 0);
        }
        sess.run(operation, feeds);
      }
      expectVariables(sess, trace.variables_after_5_steps);
    });
  });
}
