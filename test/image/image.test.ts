/** `tf.image`: random changes with TensorFlow's draws, sizes that are tensors, and errors. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';

interface Golden {
  readonly name: string;
  readonly args: readonly number[];
  readonly seed: number;
  readonly shape: readonly number[];
  readonly runs: readonly (readonly number[])[];
}

const path = new URL('../golden/image_random.json', import.meta.url);
interface Window {
  readonly options: Readonly<Record<string, unknown>>;
  readonly seeds: readonly [number, number];
  readonly size: readonly number[];
  readonly runs: readonly (readonly number[][])[];
}
const { changes: goldens, windows } = JSON.parse(readFileSync(path, 'utf8')) as {
  changes: Golden[];
  windows: Window[];
};
const values = tf.float32(Array.from({ length: 18 }, (_, i) => i / 18)).reshape(2, 3, 3);

type Change = (image: tf.Tensor, ...args: unknown[]) => tf.Tensor;

function inGraph<T>(body: (session: tf.Session) => T): T {
  const graph = new tf.Graph();
  return tf.with(graph.as_default(), () => tf.with(new tf.Session(), body));
}

describe('random changes of images are those of TensorFlow', () => {
  test.each(goldens.map((golden) => [`${golden.name} ${golden.seed}`, golden] as const))(
    '%s',
    (_, { name, args, seed, shape, runs }) => {
      inGraph((session) => {
        tf.set_random_seed(12);
        const change = (tf.image as Record<string, unknown>)[name] as Change;
        const out = change(tf.constant(values), ...args, { seed });
        expect(out.shape.as_list()).toEqual(shape);
        for (const run of runs) {
          const { data } = session.run(out);
          run.forEach((x, i) => {
            expect(Number(data[i])).toBeCloseTo(x, 4);
          });
        }
      });
    },
  );

  test('they work in eager mode', () => {
    tf.with(eager_mode(), () => {
      const flipped = tf.image.random_flip_left_right(tf.constant(values), { seed: 1 });
      expect(flipped.numpy().shape).toEqual([2, 3, 3]);
    });
  });
});

describe('random windows around boxes are those of TensorFlow', () => {
  const boxes = [
    [
      [0.1, 0.2, 0.6, 0.7],
      [0.5, 0.5, 0.9, 1],
    ],
  ];
  test.each(
    windows.map((row) => [JSON.stringify([row.options, row.seeds, row.size]), row] as const),
  )('%s', (_, { options, seeds, size, runs }) => {
    inGraph((session) => {
      const [seed, seed2] = seeds;
      const sizes = tf.constant(size, tf.int32);
      const out = tf.image.sample_distorted_bounding_box(sizes, boxes, {
        seed,
        seed2,
        ...options,
      });
      expect(out.map((x) => x.shape.as_list())).toEqual([[3], [3], [1, 1, 4]]);
      for (const run of runs) {
        session.run([...out]).forEach((value, i) => {
          expect(Array.from(value.data, Number)).toEqual(run[i]);
        });
      }
    });
  });

  test('without boxes the image may stand for them', () => {
    inGraph((session) => {
      const draw = (use_image_if_no_bounding_boxes: boolean) =>
        tf.image.sample_distorted_bounding_box(
          tf.constant([9, 9, 3], tf.int32),
          tf.zeros([1, 0, 4]),
          {
            use_image_if_no_bounding_boxes,
          },
        )[1];
      expect(session.run(draw(true)).shape).toEqual([3]);
      expect(() => session.run(draw(false))).toThrow('No bounding boxes provided as input.');
    });
  });
});

describe('sizes that are known when a graph runs', () => {
  test('crops, frames and both', () => {
    inGraph((session) => {
      const x = tf.placeholder(tf.float32, [null, null, null]);
      const size = tf.placeholder(tf.int32, []);
      const results = [
        tf.image.crop_to_bounding_box(x, 0, 1, size, 2),
        tf.image.pad_to_bounding_box(x, 1, 0, 4, size.add(4)),
        tf.image.resize_image_with_crop_or_pad(x, size, 5),
      ];
      expect(results.map((r) => r.shape.as_list())).toEqual([
        [null, 2, null],
        [4, null, null],
        [null, 5, null],
      ]);
      const feed_dict = [
        [x, values],
        [size, 1],
      ] as const;
      const arrays = session.run(results, { feed_dict });
      expect(arrays.map((a) => a.shape)).toEqual([
        [1, 2, 3],
        [4, 5, 3],
        [1, 5, 3],
      ]);
      const tooLarge = [
        [x, values],
        [size, 9],
      ] as const;
      expect(() => session.run(results[0]!, { feed_dict: tooLarge })).toThrow(
        'height must be >= target + offset.',
      );
    });
  });
});

describe('errors', () => {
  const image = () => tf.constant(values);
  test.each<[string, () => unknown, string]>([
    [
      'rank',
      () => tf.image.transpose_image([1, 2]),
      "'image' (shape (2,)) must be three-dimensional.",
    ],
    ['rank 2', () => tf.image.pad_to_bounding_box([1], 0, 0, 1, 1), 'must have either 3 or 4 dim'],
    ['empty', () => tf.image.rot90(tf.zeros([0, 1, 1])), "all dims of 'image.shape' must be > 0"],
    ['crop', () => tf.image.crop_to_bounding_box(image(), 0, 0, 3, 1), 'height must be >= target'],
    [
      'offset',
      () => tf.image.pad_to_bounding_box(image(), -1, 0, 3, 9),
      'offset_height must be >=',
    ],
    ['fraction', () => tf.image.central_crop(image(), 0), 'central_fraction must be within (0, 1]'],
    [
      'method',
      () => tf.image.resize_images(image(), [1, 1], 7),
      'Resize method is not implemented.',
    ],
    [
      'size',
      () => tf.image.resize_images(image(), [1]),
      "'size' must be a 1-D Tensor of 2 elements",
    ],
    ['delta', () => tf.image.random_hue(image(), 0.6), 'max_delta must be <= 0.5.'],
    ['bounds', () => tf.image.random_contrast(image(), 1, 1), 'upper must be > lower.'],
    [
      'gamma',
      () => tf.image.adjust_gamma(image(), -1),
      'Gamma should be a non-negative real number.',
    ],
  ])('%s', (_, call, text) => {
    inGraph(() => expect(call).toThrow(text));
  });
});
