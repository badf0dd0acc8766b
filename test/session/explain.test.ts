/** Explanations say what a run does, and why. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

function network() {
  const x = tf.placeholder(tf.float32, [null, 4], 'x');
  const w = new tf.Variable(tf.ones([4, 3]), { name: 'w' });
  const h = tf.tanh(tf.add(tf.matmul(x, w), 1));
  const unused = tf.exp(x, 'unused');
  const top = tf.where(tf.greater(tf.reshape(h, [-1]), 0.5));
  const train = tf.assign_sub(w, tf.multiply(tf.ones([4, 3]), 0.1));
  return { x, h, top, unused, train };
}

test('a run that repeats is specialised, and says what became of its steps', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const { x, h, top, train } = network();
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const feed_dict = [[x, [[1, 2, 3, 4]]]] as const;
      const before = sess.explain([h, top, train], feed_dict);
      expect(before.specialised).toBe(false);
      expect(String(before)).toMatch(/^A general run of \d+ steps: it has not run three times/);
      for (let i = 0; i < 3; i++) sess.run([h, top, train], feed_dict);
      const after = sess.explain([h, top, train], { feed_dict });
      expect(after.specialised).toBe(true);
      expect(after.pruned).toContain('unused');
      const steps = new Map(after.steps.map((step) => [step.name, step]));
      expect(steps.get('MatMul')!.how).toBe('call');
      expect(steps.get('Tanh')).toMatchObject({ how: 'fused', loop: steps.get('Add')!.loop });
      expect(steps.get('w/read')!.how).toBe('alias');
      expect(steps.get('Where')).toMatchObject({
        how: 'kernel',
        why: 'a shape is known only when it runs, or is empty',
      });
      expect(after.memory!.bytes).toBeLessThanOrEqual(1.3 * after.memory!.live);
      expect(String(after)).toMatch(/Tanh Tanh: in loop \d/);
      expect(
        sess.explain(h, [
          [
            x,
            [
              [1, 2, 3, 4],
              [5, 6, 7, 8],
            ],
          ],
        ]).specialised,
      ).toBe(false);
    });
  });
});

test('the configuration keeps runs general', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const { x, h } = network();
    const optimizer_options = new tf.OptimizerOptions({
      global_jit_level: tf.OptimizerOptions.OFF,
    });
    const graph_options = new tf.GraphOptions({ optimizer_options });
    const config = new tf.ConfigProto({ graph_options });
    tf.with(new tf.Session('', tf.get_default_graph(), config), (sess) => {
      sess.run(tf.global_variables_initializer());
      for (let i = 0; i < 4; i++) sess.run(h, [[x, [[1, 2, 3, 4]]]]);
      expect(sess.explain(h, [[x, [[1, 2, 3, 4]]]]).why).toBe('runs of this session stay general');
    });
  });
});
