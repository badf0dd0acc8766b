/** Matrix products of three sizes in all transpositions, on variables. */

import * as tf from 'tf1';
import { noise, type Program, session, variable } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Contenders, Workload } from '../workload.ts';

const SIZES = [256, 512, 1024];
const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;
const numbers = (size: number, phase: number) => noise(size * size, 1, phase);
const flopOf = (size: number) => 2 * size ** 3;
const labelOf = (size: number, [a, b]: readonly [boolean, boolean]) =>
  `${size}, ${a ? "a'" : 'a'} ${b ? "b'" : 'b'}`;

/** A product, of which one number is fetched. */
const product =
  (size: number, [transpose_a, transpose_b]: readonly [boolean, boolean]) =>
  (): Program => {
    const [a, b] = [0, 1].map((phase) => variable(numbers(size, phase), [size, size]));
    const y = tf.matmul(a!, b!, { transpose_a, transpose_b });
    return { fetches: [tf.slice(y, [0, 0], [1, 1])], init: tf.global_variables_initializer() };
  };

const contenders: Contenders[] = SIZES.flatMap((size) => {
  const flop = flopOf(size);
  const ours = FLAGS.map((flags) => ({
    [`tf1 ${labelOf(size, flags)}`]: async () => ({
      ...(await session(product(size, flags))()),
      flop,
    }),
  }));
  return [...ours, eagerProduct(size, FLAGS[0])];
});

function eagerProduct(size: number, flags: readonly [boolean, boolean]): Contenders {
  return {
    [`tfjs ${labelOf(size, flags)}`]: () => {
      const [a, b] = [0, 1].map((phase) =>
        tfjs.variable(tfjs.tensor2d(numbers(size, phase), [size, size])),
      );
      const y = () => tfjs.slice(tfjs.matMul(a!, b!, ...flags), [0, 0], [1, 1]);
      return { ...eager(y), flop: flopOf(size) };
    },
  };
}

/** tfjs's transposed products are so much slower that one size of them will do. */
const transposed = FLAGS.slice(1).map((flags) => eagerProduct(256, flags));

/** TensorFlow's product at the largest size. */
const native = Object.entries(tensorflow(product(1024, FLAGS[0]))).map(([name, start]) => ({
  [`${name} ${labelOf(1024, FLAGS[0])}`]: async () => ({ ...(await start()), flop: flopOf(1024) }),
}));

export const workload: Workload = {
  about: 'products of square matrices on one thread',
  contenders: Object.assign({}, ...contenders, ...transposed, ...native),
};
