/** Feeding and fetching one number to 2.5 million, with one operation between, beside copying them. */

import * as tf from 'tf1';
import { array, session } from '../peers/program.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Contenders, Workload } from '../workload.ts';

const SIZES = [1, 1000, 100_000, 1_000_000, 2_500_000];

function contenders(size: number): Contenders {
  const values = Float32Array.from({ length: size }, (_, i) => i);
  const bytes = 4 * size;
  const program = () => {
    const x = tf.placeholder(tf.float32, [size]);
    return { fetches: [tf.negative(x)], feed_dict: [[x, array(values)]] as const };
  };
  const middle = new Float32Array(size);
  const copy = () => {
    middle.set(values);
    return middle.slice();
  };
  const label = size.toLocaleString('en');
  return {
    [`tf1 session, ${label}`]: async () => ({ ...(await session(program)()), bytes }),
    [`tfjs eager, ${label}`]: () => ({ ...eager(() => tfjs.neg(tfjs.tensor1d(values))), bytes }),
    [`copy in and out, ${label}`]: () => ({ step: copy, bytes }),
  };
}

export const workload: Workload = {
  about: 'feed, negation and fetch of floats',
  contenders: Object.assign({}, ...SIZES.map(contenders)),
};
