/** Initializers as objects, seeds, and the streams of sessions and of eager mode. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';

const { initializers } = tf.keras;

function inGraph<T>(body: () => T): T {
  return tf.with(new tf.Graph().as_default(), body) as T;
}
function inEager<T>(body: () => T): T {
  return tf.with(eager_mode(), body) as T;
}
const numbers = (tensor: tf.Tensor) => Array.from((tensor.numpy() as { data: Float32Array }).data);

describe('get_seed', () => {
  // Graph seed, op seed, and what TensorFlow makes of them.
  const rows: (number | null)[][] = [
    [null, 0, 87654321, 0],
    [null, 1, 87654321, 1],
    [null, -3, 87654321, 2147483644],
    [null, 2147483647, 87654321, 0],
    [0, 0, 0, 2147483647],
    [0, 1, 0, 1],
    [0, 2147483647, 0, 2147483647],
    [42, -3, 42, 2147483644],
    [-1, 1, 2147483646, 1],
    [2147483653, 0, 6, 0],
    [null, null, null, null],
  ];
  test.each(rows)('graph seed %p, op seed %p', (graph, op, seed, seed2) => {
    inGraph(() => {
      tf.set_random_seed(graph!);
      expect(tf.get_seed(op!)).toEqual([seed, seed2]);
    });
  });

  test('without an op seed it is the number of nodes created so far', () => {
    inGraph(() => {
      tf.set_random_seed(7);
      expect(tf.get_seed(null)).toEqual([7, 0]);
      tf.constant(1);
      tf.constant(2);
      expect(tf.get_seed(null)).toEqual([7, 2]);
      // Its shape, min and max are created before it asks.
      expect(tf.random_uniform([2]).op.inputs[0]!.op.inputs[0]!.op.get_attr('seed2')).toBe(5);
    });
  });

  test('in eager mode it is drawn by Python’s generator', () => {
    inEager(() => {
      tf.set_random_seed(7);
      const drawn = Array.from({ length: 4 }, () => tf.get_seed(null));
      expect(drawn).toEqual([
        [7, 1390851128],
        [7, 647892279],
        [7, 1695753998],
        [7, 207388624],
      ]);
      for (const [seed, first] of [
        [-7, 1390851128],
        [0, 1654615998],
        [2 ** 40 + 5, 1153647273],
      ]) {
        tf.set_random_seed(seed!);
        expect(tf.get_seed(null)[1]).toBe(first);
      }
    });
  });
});

describe('streams', () => {
  test('each session has its own', () => {
    inGraph(() => {
      const x = tf.random_uniform([3], { seed: 1 });
      const [first, second] = [new tf.Session(), new tf.Session()];
      const a = first.run(x);
      const b = first.run(x);
      expect(b).not.toEqual(a);
      expect(second.run(x)).toEqual(a);
      expect(second.run(x)).toEqual(b);
      first.close();
      second.close();
    });
  });

  test('without a seed sessions differ', () => {
    inGraph(() => {
      const x = tf.random_uniform([3]);
      const [first, second] = [new tf.Session(), new tf.Session()];
      expect(second.run(x)).not.toEqual(first.run(x));
      first.close();
      second.close();
    });
  });

  test('eager calls of one op with the same seeds go on', () => {
    inEager(() => {
      const draw = (seed: number | null, size = 2) => numbers(tf.random_uniform([size], { seed }));
      const rounded = (...lists: number[][]) => lists.map((list) => list.map((x) => x.toFixed(6)));
      const fixed = (list: number[]) => list.map((x) => x.toFixed(6));
      tf.set_random_seed(7);
      // Recorded from TensorFlow's eager mode.
      expect(rounded(draw(null), draw(null))).toEqual([
        fixed([0.8344538, 0.23336661]),
        fixed([0.01905346, 0.6496551]),
      ]);
      expect(rounded(draw(1), draw(1), draw(1, 3))).toEqual([
        fixed([0.46037483, 0.9285182]),
        fixed([0.74075186, 0.29213786]),
        fixed([0.30915654, 0.43047512, 0.15374362]),
      ]);
      tf.set_random_seed(7);
      expect(rounded(draw(null), draw(1))).toEqual([
        fixed([0.8344538, 0.23336661]),
        fixed([0.46037483, 0.9285182]),
      ]);
      tf.set_random_seed(null);
    });
  });
});

describe('initializers as objects', () => {
  test('they are made again from their config', () => {
    const made = [
      new tf.initializers.zeros(tf.int32),
      new tf.initializers.constant([1, 2]),
      new tf.initializers.identity(2, tf.float64),
      new tf.initializers.random_uniform(-1, 1, 3),
      new tf.initializers.random_normal({ stddev: 0.5, dtype: tf.float16 }),
      new tf.initializers.truncated_normal(1),
      new tf.initializers.uniform_unit_scaling(1.43, 2),
      new tf.initializers.variance_scaling(2, 'fan_avg', 'UNIFORM', 5),
      new tf.initializers.orthogonal({ gain: 2 }),
    ];
    const configs = made.map((initializer) => initializer.get_config());
    expect(configs).toEqual([
      { dtype: 'int32' },
      { value: [1, 2], dtype: 'float32' },
      { gain: 2, dtype: 'float64' },
      { minval: -1, maxval: 1, seed: 3, dtype: 'float32' },
      { mean: 0, stddev: 0.5, seed: null, dtype: 'float16' },
      { mean: 1, stddev: 1, seed: null, dtype: 'float32' },
      { factor: 1.43, seed: 2, dtype: 'float32' },
      { scale: 2, mode: 'fan_avg', distribution: 'uniform', seed: 5, dtype: 'float32' },
      { gain: 2, seed: null, dtype: 'float32' },
    ]);
    made.forEach((initializer, i) => {
      const type = initializer.constructor as typeof tf.initializers.zeros;
      const again = type.from_config(configs[i]!);
      expect(again).toBeInstanceOf(type);
      expect(again.get_config()).toEqual(configs[i]);
    });
  });

  test('keras finds them by name and keeps them as data', () => {
    const he = initializers.get('he_normal') as tf.keras.initializers.VarianceScaling;
    expect(he.get_config()).toMatchObject({ scale: 2, mode: 'fan_in', distribution: 'normal' });
    expect(initializers.get('zeros')).toBeInstanceOf(initializers.Zeros);
    expect(initializers.get('RandomNormal')).toBeInstanceOf(initializers.RandomNormal);
    expect(initializers.get(null)).toBeNull();
    expect(initializers.get(he)).toBe(he);
    const data = initializers.serialize(new initializers.Orthogonal(3, 4));
    expect(data).toEqual({
      class_name: 'Orthogonal',
      config: { gain: 3, seed: 4, dtype: 'float32' },
    });
    expect(initializers.deserialize(data!)).toBeInstanceOf(initializers.Orthogonal);
    expect(() => initializers.get('nothing')).toThrow('Unknown initializer: nothing');
  });

  test('a subclass defines call, and its instances can be called', () => {
    class Sevens extends initializers.Initializer {
      override call(shape: tf.keras.initializers.InitializerShape): tf.Tensor {
        return tf.fill(shape as number[], 7);
      }
    }
    inEager(() => {
      const sevens = new Sevens();
      expect(numbers(sevens([2]))).toEqual([7, 7]);
      expect(sevens).toBeInstanceOf(initializers.Initializer);
      expect(typeof sevens).toBe('function');
    });
    expect(() => new initializers.Initializer()([2])).toThrow();
  });

  test('a shape may be a TensorShape or a tensor', () => {
    inEager(() => {
      const init = new tf.orthogonal_initializer({ seed: 3 });
      for (const shape of [[2, 3], new tf.TensorShape([2, 3]), tf.constant([2, 3], tf.int32)]) {
        expect(init(shape).shape.as_list()).toEqual([2, 3]);
      }
    });
  });

  test('the part of a partitioned variable is scaled as the whole', () => {
    inEager(() => {
      const partition_info = { full_shape: [8, 2], var_offset: [4, 0] };
      const init = () => new tf.initializers.variance_scaling({ distribution: 'uniform', seed: 3 });
      tf.set_random_seed(null);
      const part = numbers(init()([4, 2], { partition_info }));
      tf.set_random_seed(null);
      const alone = numbers(init()([4, 2]));
      part.forEach((x, i) => {
        expect(x).toBeCloseTo(alone[i]! / Math.SQRT2, 6);
      });
      const eye = new tf.initializers.identity()([2, 4], {
        partition_info: { full_shape: [4, 4], var_offset: [2, 0] },
      });
      expect(numbers(eye)).toEqual([0, 0, 1, 0, 0, 0, 0, 1]);
    });
  });

  test('tf.contrib.layers makes functions', () => {
    inEager(() => {
      const { xavier_initializer, variance_scaling_initializer } = tf.contrib.layers;
      const same = (make: () => tf.Tensor, other: () => tf.Tensor) => {
        tf.set_random_seed(null);
        const made = numbers(make());
        tf.set_random_seed(null);
        expect(made).toEqual(numbers(other()));
      };
      const limit = Math.sqrt(3 / 3.5);
      same(
        () => xavier_initializer({ seed: 2 })([3, 4]),
        () => tf.random_uniform([3, 4], -limit, limit, { seed: 2 }),
      );
      same(
        () => xavier_initializer(false, 2)([2, 3, 4]),
        () => tf.truncated_normal([2, 3, 4], 0, Math.sqrt(1.3 / 7), { seed: 2 }),
      );
      same(
        () => variance_scaling_initializer({ seed: 2 })([5]),
        () => tf.truncated_normal([5], 0, Math.sqrt(2.6 / 5), { seed: 2 }),
      );
    });
    expect(() => tf.contrib.layers.xavier_initializer({ dtype: tf.int32 })).toThrow(
      'Cannot create initializer for non-floating point type.',
    );
  });
});

describe('errors', () => {
  const rows: [string, () => unknown, string][] = [
    [
      'an integer type without maxval',
      () => tf.random_uniform([2], { dtype: tf.int32 }),
      'Must specify maxval for integer dtype tf.int32',
    ],
    [
      'a type without numbers',
      () => tf.random_uniform([2], { dtype: tf.string }),
      'Invalid dtype tf.string',
    ],
    ['a scalar shape', () => tf.random_uniform(3), 'Shape must be rank 1 but is rank 0'],
    ['a vector of logits', () => tf.multinomial([1, 2], 3), 'Shape must be rank 2 but is rank 1'],
    [
      'negative counts',
      () => tf.multinomial([[1, 2]], -3),
      'Dimension size, given by scalar input 1, must be non-negative but is -3',
    ],
    [
      'an integer normal',
      () => new tf.random_normal_initializer({ dtype: tf.int32 }),
      "Expected floating point type, got <dtype: 'int32'>.",
    ],
    ['no scale', () => new tf.variance_scaling_initializer(0), '`scale` must be positive float.'],
    [
      'an unknown mode',
      () => new tf.variance_scaling_initializer({ mode: 'x' }),
      "('Invalid `mode` argument:', 'x')",
    ],
    [
      'an unknown distribution',
      () => new tf.variance_scaling_initializer({ distribution: 'x' }),
      "('Invalid `distribution` argument:', 'x')",
    ],
    [
      'an orthogonal vector',
      () => new tf.orthogonal_initializer()([3]),
      'The tensor to initialize must be at least two-dimensional',
    ],
    [
      'an identity vector',
      () => new tf.initializers.identity()([3]),
      'Identity matrix initializer can only be used for 2D matrices.',
    ],
    [
      'a tensor as a constant',
      () => new tf.constant_initializer(tf.zeros([2])),
      "Invalid type for initial value: <class 'tensorflow.python.framework.ops.Tensor'> (expected Python scalar, list or tuple of values, or numpy.ndarray).",
    ],
    [
      'a value of another shape',
      () => new tf.constant_initializer([1, 2], { verify_shape: true })([3]),
      "Expected Tensor's shape: (3,), got (2,).",
    ],
  ];
  test.each(rows)('%s', (_title, body, text) => {
    expect(() => inGraph(body)).toThrow(text);
  });

  test('a window that does not fit, when it runs', () => {
    inGraph(() => {
      const window = tf.random_crop(tf.zeros([3, 3]), [4, 1]);
      const session = new tf.Session();
      expect(() => session.run(window)).toThrow(
        'assertion failed: [Need value.shape >= size, got ] [3 3] [4 1]',
      );
      session.close();
    });
  });
});
