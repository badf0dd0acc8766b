/** A random graph of 200 element-wise operations on ten numbers, each of which needs the one before: many small and different steps. */

import * as tf from 'tf1';
import { converted } from '../peers/graph_model.ts';
import { onnxruntime } from '../peers/onnxruntime.ts';
import { array, type Program, session } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Workload } from '../workload.ts';

type Pick = { readonly op: keyof typeof OPS; readonly a: number; readonly b: number };
const OPS = {
  add: [tf.add, tfjs.add],
  subtract: [tf.subtract, tfjs.sub],
  multiply: [tf.multiply, tfjs.mul],
  maximum: [tf.maximum, tfjs.maximum],
  tanh: [tf.tanh, tfjs.tanh],
  sigmoid: [tf.sigmoid, tfjs.sigmoid],
  minimum: [tf.minimum, tfjs.minimum],
  relu: [tf.nn.relu, tfjs.relu],
} as const;
const names = Object.keys(OPS) as (keyof typeof OPS)[];

/** A generator of numbers in [0, 1), the same in every run: the minimal standard of Park and Miller. */
let state = 42;
const next = () => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};
const picks: Pick[] = Array.from({ length: 200 }, (_, i) => ({
  op: names[Math.floor(next() * names.length)]!,
  a: i + 1,
  b: Math.floor(next() * (i + 2)),
}));

function build<T>(first: T, second: T, apply: (pick: Pick, a: T, b: T) => T): T {
  const nodes = [first, second];
  for (const pick of picks) nodes.push(apply(pick, nodes[pick.a]!, nodes[pick.b]!));
  return nodes.at(-1)!;
}

const values = Float32Array.from({ length: 10 }, (_, i) => i / 10);
const ones = Float32Array.from({ length: 10 }, () => 0.5);
const isUnary = (op: Pick['op']) => ['tanh', 'sigmoid', 'relu'].includes(op);
type Call<T> = (...values: T[]) => T;

function program(): Program {
  const x = tf.placeholder(tf.float32, [10], { name: 'x' });
  const y = build<tf.Tensor>(x, tf.constant(ones), ({ op }, a, b) => {
    const call = OPS[op][0] as Call<tf.Tensor>;
    return isUnary(op) ? call(a) : call(a, b);
  });
  return { fetches: [y], feed_dict: [[x, array(values)]] };
}

export const workload: Workload = {
  about: '200 random element-wise ops of [10]',
  contenders: {
    'tf1 session': session(program),
    ...tensorflow(program),
    'tfjs eager': () => {
      const half = tfjs.tensor1d(ones);
      return eager(() =>
        build<tfjs.Tensor>(tfjs.tensor1d(values), half, ({ op }, a, b) => {
          const call = OPS[op][1] as Call<tfjs.Tensor>;
          return isUnary(op) ? call(a) : call(a, b);
        }),
      );
    },
    GraphModel: converted(program),
    ...onnxruntime(program),
  },
};
