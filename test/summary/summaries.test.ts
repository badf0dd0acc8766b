/** Summaries against TensorFlow's: nodes, bytes, errors. */

import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import * as tf from 'tf1';
import { applyOp, registry } from '../../src/core/op.ts';
import type { TensorLike } from '../../src/core/tensor.ts';
import { bytesOfText } from '../../src/core/text.ts';
import { outlineOf } from '../../src/formats/summary_bytes.ts';

interface Plain {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: string;
}
type Keywords = Readonly<Record<string, unknown>>;
type ImageRow = [tag: string, height: number, width: number, colorspace: number, pixels: Plain];
interface Golden {
  readonly graph: {
    readonly nodes: readonly [
      name: string,
      op: string,
      inputs: string[],
      attrs: string[],
      strings: string[],
    ][];
    readonly collections: Readonly<Record<string, string[]>>;
  };
  readonly values: {
    readonly scalars: readonly [Plain, string][];
    readonly histograms: readonly [Plain, string][];
    readonly images: readonly [Plain, Keywords, ImageRow[]][];
    readonly bad_color: [Plain, number[], Plain];
    readonly audios: readonly [Plain, number, Keywords, string][];
    readonly tensors: readonly [Plain, v2: string, v1: string][];
    readonly strings: string;
    readonly merged: readonly string[];
  };
}

const path = new URL('../golden/summaries.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;
const asBytes = (value: unknown) => bytesOfText(value as string | Uint8Array);
const textOf = (value: unknown) => Buffer.from(asBytes(value)).toString('base64');
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

function array({ dtype, shape, data }: Plain): tf.NdArray {
  return tf.NdArray.frombuffer(tf.as_dtype(dtype), shape, bytesOf(data));
}

/** What the op `type` gives. */
function run(
  type: string,
  inputs: Readonly<Record<string, TensorLike>>,
  attrs: Keywords = {},
  name: string | null = null,
): Uint8Array {
  return tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, value]) => [key, tf.convert_to_tensor(value)]),
    );
    const [summary] = applyOp(registry.get(type)!, tensors, attrs, name).outputs;
    // The third run is specialised.
    for (let i = 0; i < 2; i++) session.run(summary!);
    return asBytes(session.run(summary!));
  });
}

test('nodes, names, tags and collections', () => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.placeholder(tf.float32, [], { name: 'x' });
    tf.summary.scalar('loss', x);
    tf.summary.scalar('loss', x);
    tf.summary.scalar('a b/c$', x);
    tf.summary.scalar('/lead', x, { family: 'fam ily' });
    tf.summary.scalar('other', x, { collections: ['mine', 'yours'] });
    tf.summary.scalar('one', 1);
    tf.with(tf.name_scope('sc'), () => {
      tf.summary.histogram('h', tf.ones([3]));
      tf.summary.histogram('h', tf.ones([3]), { family: 'f' });
    });
    tf.summary.image('im', tf.ones([2, 3, 3, 1]));
    tf.summary.image('im', tf.ones([2, 3, 3, 1]), { max_outputs: 1, family: 'g' });
    tf.summary.audio('au', tf.ones([2, 3, 1]), 44100);
    tf.summary.audio('au', tf.ones([2, 3, 1]), 44100, { max_outputs: 1, family: 'q' });
    tf.summary.text('tx', tf.constant('hi'));
    tf.summary.text('tx', tf.constant(['hi', 'ho']), { collections: [] });
    tf.summary.tensor_summary('ts', tf.constant([1, 2]), {
      summary_description: 'desc',
      display_name: 'disp',
      family: 'z',
    });
    const first = tf.summary.merge_all()!;
    tf.summary.merge([first], { name: 'my merge', collections: ['mm'] });
    tf.summary.merge_all({ scope: 'sc' });
    tf.summary.merge_all({ key: 'mine' });
    expect(tf.summary.merge_all({ key: 'nothing' })).toBeNull();
    const skip = ['dtype', 'value', 'shape'];
    const rows = graph.as_graph_def().node.map((node) => [
      node.name,
      node.op,
      [...node.input],
      Object.keys(node.attr)
        .filter((key) => !skip.includes(key))
        .sort(),
      (node.attr.value?.tensor.string_val ?? []).map(textOf),
    ]);
    expect(rows).toEqual(golden.graph.nodes);
    for (const [key, names] of Object.entries(golden.graph.collections)) {
      expect((tf.get_collection(key) as tf.Tensor[]).map(({ name }) => name)).toEqual(names);
    }
  });
});

describe("the bytes are TensorFlow's", () => {
  const { values } = golden;
  test.each(values.scalars.map((row) => [row[0].dtype, ...row] as const))(
    'scalar %s',
    (_, value, bytes) => {
      expect(textOf(run('ScalarSummary', { tags: 'tag', values: array(value) }))).toBe(bytes);
    },
  );
  test.each(values.histograms.map((row, i) => [i, ...row] as const))(
    'histogram %i',
    (_, value, bytes) => {
      expect(textOf(run('HistogramSummary', { tag: 'weights/w', values: array(value) }))).toBe(
        bytes,
      );
    },
  );
  test.each(values.audios.map((row, i) => [i, ...row] as const))(
    'audio %i',
    (_, value, rate, attrs, bytes) => {
      const inputs = { tag: 'au', tensor: array(value), sample_rate: rate };
      expect(textOf(run('AudioSummaryV2', inputs, attrs))).toBe(bytes);
      const first = { tag: 'au', tensor: array(value) };
      expect(textOf(run('AudioSummary', first, { ...attrs, sample_rate: rate }))).toBe(bytes);
    },
  );
  test.each(values.tensors.map((row, i) => [i, ...row] as const))(
    'tensor %i',
    (i, value, v2, v1) => {
      const tensor = array(value);
      const inputs = { tag: 't', tensor, serialized_summary_metadata: '\n\x06\n\x04text' };
      expect(textOf(run('TensorSummaryV2', inputs))).toBe(v2);
      expect(textOf(run('TensorSummary', { tensor }, {}, `node_${i}`))).toBe(v1);
    },
  );
  test('text and merged', () => {
    tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
      const words = tf.summary.text('words', tf.constant(['a', 'ü']));
      expect(textOf(session.run(words))).toBe(values.strings);
      const parts = values.merged.slice(0, 3).map((part) => tf.constant(bytesOf(part), tf.string));
      expect(textOf(session.run(tf.summary.merge(parts)))).toBe(values.merged[3]);
    });
  });
});

describe("the pixels are TensorFlow's", () => {
  const plain = (pixels: tf.NdArray): Plain => ({
    dtype: pixels.dtype.name,
    shape: [...pixels.shape],
    data: Buffer.from(pixels.data as Uint8Array).toString('base64'),
  });
  const decoded = (contents: Uint8Array) =>
    tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
      const file = tf.placeholder(tf.string, []);
      const [pixels] = session.run([tf.image.decode_png(file)], { feed_dict: [[file, contents]] });
      const array: unknown = pixels;
      return plain(array as tf.NdArray);
    });
  test.each(golden.values.images.map((row, i) => [i, ...row] as const))(
    'image %i',
    (_, value, attrs, rows) => {
      const summary = tf.Summary.FromString(
        run('ImageSummary', { tag: 'im', tensor: array(value) }, attrs),
      );
      const found = summary.value.map(({ tag, image }) => [
        tag,
        image.height,
        image.width,
        image.colorspace,
        decoded(image.encoded_image_string),
      ]);
      expect(found).toEqual(rows);
    },
  );
  test('bad_color', () => {
    const [value, color, pixels] = golden.values.bad_color;
    const bad_color = tf.uint8(color);
    const bytes = run('ImageSummary', { tag: 'im', tensor: array(value) }, { bad_color });
    expect(decoded(tf.Summary.FromString(bytes).value[0]!.image.encoded_image_string)).toEqual(
      pixels,
    );
  });
});

describe("the errors are TensorFlow's", () => {
  const refuses = (
    type: string,
    inputs: Readonly<Record<string, TensorLike>>,
    text: string,
    attrs: Keywords = {},
  ) => expect(() => run(type, inputs, attrs, 'node')).toThrow(text);
  test('when they run', () => {
    refuses(
      'HistogramSummary',
      { tag: 't', values: [1, Number.NaN] },
      'Nan in summary histogram for: node',
    );
    refuses(
      'HistogramSummary',
      { tag: 't', values: [Number.NEGATIVE_INFINITY] },
      'Infinity in Histogram for: node',
    );
    refuses(
      'ScalarSummary',
      { tags: 'v', values: [1] },
      "tags and values not the same shape: [] != [1] (tag 'v')",
    );
    refuses(
      'ImageSummary',
      { tag: 'i', tensor: tf.zeros_like([1]) },
      'Tensor must be 4-D with last dim 1, 3, or 4, not [1]',
    );
    refuses(
      'AudioSummaryV2',
      { tag: 'i', tensor: [0], sample_rate: 1 },
      'Tensor must be 3-D or 2-D, got: [1]',
    );
    refuses(
      'AudioSummaryV2',
      { tag: 'i', tensor: [[0]], sample_rate: -1 },
      'sample_rate must be > 0',
    );
    refuses('HistogramSummary', { tag: ['a', 'b'], values: [1] }, 'tags must be scalar');
    refuses('ImageSummary', { tag: ['a', 'b'], tensor: [[[[1]]]] }, 'Tags must be a scalar');
  });
  test('when they are merged', () => {
    tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
      const a = tf.summary.scalar('a', 1);
      expect(() => session.run(tf.summary.merge([a, a]))).toThrow(
        'Duplicate tag a found in summary inputs',
      );
      expect(() => session.run(tf.summary.merge([tf.constant('garbage')]))).toThrow(
        'Could not parse one of the summary inputs',
      );
    });
  });
  test('when they are made', () => {
    tf.with(new tf.Graph().as_default(), () => {
      expect(() => tf.summary.text('t', tf.constant(1))).toThrow(
        "Expected tensor Const:0 to have dtype string, got <dtype: 'float32'>",
      );
      expect(() => tf.summary.merge([])).toThrow(
        "List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum length 1.",
      );
      expect(() => tf.summary.scalar('v', tf.constant('a'))).toThrow(
        "Value passed to parameter 'values' has DataType string not in list of allowed values",
      );
      expect(() => tf.summary.get_summary_description(new tf.NodeDef({ op: 'Add' }))).toThrow(
        "Can't get_summary_description on Add",
      );
    });
    tf.with(tf.python.eager.context.eager_mode(), () => {
      expect(() => tf.summary.merge_all()).toThrow(
        'Merging tf.summary.* ops is not compatible with eager execution.',
      );
    });
  });
});

test('what a run gave is parsed, whether it came as text or as bytes', () => {
  tf.with(new tf.Graph().as_default(), new tf.Session(), (_graph, session) => {
    const x = tf.placeholder(tf.float32, []);
    const summary = tf.summary.scalar('x', x);
    const values = [0, 1, 2, -1, 1e30];
    const parsed = values.map((value) => {
      const message = tf.Summary.FromString(session.run(summary, { feed_dict: [[x, value]] }));
      return message.value[0]!.simple_value;
    });
    expect(parsed).toEqual(values.map(Math.fround));
  });
});

test('a name that is changed is logged', () => {
  const logged = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  const before = tf.logging.get_verbosity();
  tf.logging.set_verbosity(tf.logging.INFO);
  tf.with(new tf.Graph().as_default(), () => tf.summary.scalar('my loss', 1));
  tf.logging.set_verbosity(before);
  expect(logged.mock.calls).toEqual([
    ['INFO:tensorflow:Summary name my loss is illegal; using my_loss instead.'],
  ]);
  logged.mockRestore();
});

test('the description of a TensorSummary', () => {
  const description = new tf.AttrValue({ s: '{"typeHint": "image"}' });
  const node = new tf.NodeDef({ op: 'TensorSummary', attr: { description } });
  expect(tf.summary.get_summary_description(node).type_hint).toBe('image');
});

test('an outline says of a summary what its message says', () => {
  const value = fc.record({
    tag: fc.string(),
    simple_value: fc.float({ noNaN: true }),
    metadata: fc.option(fc.constant({ display_name: 'x' }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(value), fc.nat(), fc.nat(255), (values, at, byte) => {
      const bytes = new tf.Summary({ value: values }).SerializeToString();
      expect(outlineOf(bytes)).toEqual(
        values.map(({ tag, metadata }) => ({
          tag: String.fromCharCode(...bytesOfText(tag)),
          hasMetadata: metadata !== null,
        })),
      );
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      outlineOf(bytes);
    }),
  );
});
