/** Where operations were created: exactly, and near by in large graphs. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Operation } from '../../src/graph/operation.ts';

function chain(x: tf.Tensor, length: number): Operation[] {
  const made: Operation[] = [];
  let y = x;
  for (let i = 0; i < length; i++) {
    y = tf.floordiv(x, y);
    made.push(y.op as Operation);
  }
  return made;
}

test('each of the first operations knows its line, later ones know one near', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.int32, [], 'x');
    const operations = chain(x, 5000);
    for (const operation of operations) {
      const [file] = operation.traceback.at(-1)!;
      expect(file).toContain('traceback.test.ts');
      const names = operation.traceback.map(([, , name]) => name);
      expect(names).toContain('chain');
    }
    const near = operations.filter((operation) => operation.traceback_is_near).length;
    expect(operations.slice(0, 4000).some((operation) => operation.traceback_is_near)).toBe(false);
    expect(near).toBeGreaterThan(700);
    expect(near).toBeLessThan(900);
    tf.with(new tf.Session(), (sess) => {
      const text = (at: number) => {
        try {
          const zero = operations[at - 1]!.outputs[0]!;
          sess.run(operations[at]!.outputs[0]!, [
            [x, 1],
            [zero, 0],
          ]);
          return '';
        } catch (error) {
          return String(error);
        }
      };
      const far = operations.findIndex((operation) => operation.traceback_is_near);
      expect(text(10)).toContain("Caused by op 'floordiv_10', defined at:");
      expect(text(far)).toContain(`Caused by op 'floordiv_${far}', defined near:`);
    });
  });
});
