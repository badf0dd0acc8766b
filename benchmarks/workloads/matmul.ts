/** Matrix products of three sizes in all transpositions, on variables: one step is all of them. */

import * as tf from 'tf1';
import { tfjs } from '../peers/graph_model.ts';
import type { Workload } from '../workload.ts';

const SIZES = [256, 512, 1024];
const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;
const numbers = (size: number, phase: number) =>
  Float32Array.from({ length: size * size }, (_, i) => Math.sin(i * 12.9898 + phase));

/** Products of tf1, each reduced to one number so that a step fetches no matrix. */
function ours(flags: readonly (readonly [boolean, boolean])[]): Workload['contenders'][string] {
  return () =>
    tf.with(new tf.Graph().as_default(), () => {
      const corners = SIZES.flatMap((size) => {
        const [a, b] = [0, 1].map(
          (phase) => new tf.Variable(tf.constant(numbers(size, phase), tf.float32, [size, size])),
        );
        return flags.map(([transpose_a, transpose_b]) =>
          tf.slice(tf.matmul(a!, b!, { transpose_a, transpose_b }), [0, 0], [1, 1]),
        );
      });
      const session = new tf.Session();
      session.run(tf.global_variables_initializer());
      const all = tf.concat(corners, 0);
      return { step: () => session.run(all), close: () => session.close() };
    });
}

/** The same products of tfjs; its transposed products are 15 times slower than its plain one. */
function theirs(flags: readonly (readonly [boolean, boolean])[]): Workload['contenders'][string] {
  return () => {
    const pairs = SIZES.map((size) =>
      [0, 1].map((phase) => tfjs.variable(tfjs.tensor2d(numbers(size, phase), [size, size]))),
    );
    return {
      step: () =>
        tfjs.tidy(() => {
          const corners = pairs.flatMap(([a, b]) =>
            flags.map(([ta, tb]) => tfjs.slice(tfjs.matMul(a!, b!, ta, tb), [0, 0], [1, 1])),
          );
          return tfjs.concat(corners, 0).dataSync();
        }),
    };
  };
}

const PLAIN = FLAGS.slice(0, 1);

export const workload: Workload = {
  about: 'products of 256, 512 and 1024: 2.4 GFLOP plain, 9.7 GFLOP in all four transpositions',
  contenders: {
    'tf1 plain': ours(PLAIN),
    'tf1 all transpositions': ours(FLAGS),
    'tfjs plain': theirs(PLAIN),
    'tfjs all transpositions': theirs(FLAGS),
  },
};
