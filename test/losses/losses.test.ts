/** `tf.losses`: collections of losses, weights that do not fit, and the errors of arguments. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

function inGraph<T>(body: (session: tf.Session) => T): T {
  const graph = new tf.Graph();
  return tf.with(graph.as_default(), () => tf.with(new tf.Session(), body));
}

describe('the losses of a graph', () => {
  test('are collected, filtered by scope and added up with those of regularizers', () => {
    inGraph((session) => {
      tf.losses.mean_squared_error([1, 2], [3, 4]);
      tf.with(tf.name_scope('other'), () => tf.losses.absolute_difference([1, 2], [3, 5]));
      tf.losses.absolute_difference([1], [9], { loss_collection: null });
      tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, tf.constant(0.5));
      expect(tf.losses.get_losses().map((loss) => loss.op.name)).toHaveLength(2);
      expect(tf.losses.get_losses('other')).toHaveLength(1);
      const total = tf.losses.get_total_loss();
      expect(total.op.name).toBe('total_loss');
      const plain = tf.losses.get_total_loss(false, 'plain');
      const values = session.run([total, plain, tf.losses.get_regularization_loss()]);
      expect(values).toEqual([4 + 2.5 + 0.5, 6.5, 0.5]);
      expect(tf.losses.get_regularization_losses()).toHaveLength(1);
    });
  });

  test('without regularizers their loss is 0', () => {
    inGraph((session) => expect(session.run(tf.losses.get_regularization_loss())).toBe(0));
  });

  test('the reductions can be listed and checked', () => {
    expect(tf.losses.Reduction.SUM).toBe('weighted_sum');
    expect(tf.losses.Reduction.all()).toContain(tf.losses.Reduction.NONE);
    expect(() => tf.losses.Reduction.validate('sum')).toThrow('Invalid ReductionKey sum.');
  });
});

describe('weights', () => {
  test('that do not fit are refused when the graph is built', () => {
    inGraph(() => {
      const loss = (weights: tf.TensorLike) => () =>
        tf.losses.compute_weighted_loss(tf.zeros([3, 2]), weights);
      expect(loss(tf.ones([3]))).toThrow(
        'weights can not be broadcast to values. values.rank=2. weights.rank=1. values.shape=(3, 2). weights.shape=(3,).',
      );
      expect(loss(tf.ones([2, 1]))).toThrow(
        'weights can not be broadcast to values. Mismatch at dim 0. values.shape=(3, 2) weights.shape=(2, 1).',
      );
    });
  });

  test('of unknown shapes are checked when it runs', () => {
    inGraph((session) => {
      const weights = tf.placeholder(tf.float32);
      const loss = tf.losses.compute_weighted_loss(tf.ones([3, 2]), weights);
      expect(session.run(loss, { feed_dict: [[weights, 2]] })).toBe(2);
      expect(session.run(loss, { feed_dict: [[weights, [[1], [0], [1]]]] })).toBe(1);
      const refused = () => session.run(loss, { feed_dict: [[weights, [1, 2, 3]]] });
      expect(refused).toThrow('weights can not be broadcast to values.');
    });
  });
});

describe('errors of arguments', () => {
  test.each<[string, () => unknown, string]>([
    ['labels', () => tf.losses.log_loss(null as never, [1]), 'labels must not be None.'],
    ['axis', () => tf.losses.cosine_distance([1], [1]), "You must specify 'axis'."],
    ['shapes', () => tf.losses.hinge_loss([1], [[1]]), 'Shapes (1, 1) and (1,) are incompatible'],
    [
      'reduction',
      () => tf.losses.compute_weighted_loss([1], { reduction: 'mean' as never }),
      'Invalid ReductionKey mean.',
    ],
  ])('%s', (_, call, text) => {
    inGraph(() => expect(call).toThrow(text));
  });

  test('the old name of axis is taken', () => {
    inGraph((session) => {
      const loss = tf.losses.cosine_distance([[1, 0]], [[1, 0]], { dim: 1 });
      expect(session.run(loss)).toBe(0);
    });
  });
});
