/** Ops that read bytes, in one session, and the images and sounds that they read. */

import * as tf from 'tf1';
import { decode_wav, encode_wav } from '../../src/ops/codecs.ts';
import { mendedPng } from './mended.ts';
import type { Target } from './runner.ts';

const encoder = new TextEncoder();

type Read = (bytes: Uint8Array) => void;

/** Reads bytes by ops of one graph in one session. */
export interface Ops {
  readonly example: Read;
  readonly batch: Read;
  readonly sequence: Read;
  readonly json: Read;
  readonly csv: Read;
  readonly inflate: Read;
  readonly tensor: Read;
  readonly png: Read;
  readonly jpeg: Read;
  readonly gif: Read;
  readonly bmp: Read;
  readonly wav: Read;
  readonly image: Read;
  readonly compressed: readonly Uint8Array[];
  readonly tensors: readonly Uint8Array[];
  readonly images: Readonly<Record<'png' | 'jpeg' | 'wav', readonly Uint8Array[]>>;
}

function features(): Record<string, tf.FixedLenFeature | tf.VarLenFeature> {
  return {
    x: new tf.FixedLenFeature([2], tf.float32, [0, 0]),
    y: new tf.VarLenFeature(tf.int64),
    z: new tf.VarLenFeature(tf.string),
  };
}

/** The ops, in the current graph. */
export function opsOf(session: tf.Session): Ops {
  const input = tf.placeholder(tf.string, []);
  const batch = tf.stack([input, input]);
  const reading =
    (fetches: unknown): Read =>
    (bytes) => {
      session.run(fetches as tf.Tensor, { feed_dict: [[input, tf.string(bytes)]] });
    };
  const made = (tensor: tf.Tensor): Uint8Array => {
    const value: unknown = session.run(tensor);
    return typeof value === 'string' ? encoder.encode(value) : (value as Uint8Array);
  };
  const steps = { l: new tf.VarLenFeature(tf.int64) };
  const pixels = tf.cast(tf.reshape(tf.range(0, 192), [8, 8, 3]), tf.uint8);
  const audio = tf.expand_dims(tf.sin(tf.range(0, 40, 0.5)), 1);
  return {
    example: reading(tf.parse_single_example(input, { features: features() })),
    batch: reading(tf.parse_example(batch, { features: features() })),
    sequence: reading(
      tf.parse_single_sequence_example(input, {
        context_features: { y: new tf.VarLenFeature(tf.int64) },
        sequence_features: steps,
      }),
    ),
    json: reading(tf.decode_json_example(batch)),
    csv: reading(tf.decode_csv(batch, [tf.int32([0]), tf.float32([0]), ['']])),
    inflate: reading([tf.decode_compressed(batch, 'ZLIB')]),
    tensor: reading(tf.parse_tensor(input, tf.float32)),
    png: reading(tf.image.decode_png(input)),
    jpeg: reading(tf.image.decode_jpeg(input)),
    gif: reading(tf.image.decode_gif(input)),
    bmp: reading(tf.image.decode_bmp(input)),
    image: reading(tf.image.decode_image(input)),
    wav: reading([...decode_wav(input)]),
    compressed: [Buffer.from('eJzLSM3JyVfISVQoyMwBACaMBFU=', 'base64')],
    tensors: [
      made(tf.serialize_tensor(tf.constant([1, 2, 3]))),
      made(tf.serialize_tensor(tf.constant(2, tf.float32, []))),
    ],
    images: {
      png: [made(tf.image.encode_png(pixels)), made(tf.image.encode_png(pixels.at('...', ':1')))],
      jpeg: [
        made(tf.image.encode_jpeg(pixels)),
        made(tf.image.encode_jpeg(pixels, { progressive: true })),
      ],
      wav: [made(encode_wav(audio, 8000))],
    },
  };
}

/** One pixel. */
const GIF = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

/** Two by two pixels of three colours. */
function bmp(): Uint8Array {
  const bytes = new Uint8Array(70);
  const view = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  const words: [number, number][] = [
    [2, 70],
    [10, 54],
    [14, 40],
    [18, 2],
    [22, 2],
    [34, 16],
  ];
  for (const [at, value] of words) view.setUint32(at, value, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  return bytes;
}

/** Images and sounds. */
export function imageTargets(ops: Ops): Target[] {
  const { png, jpeg, wav } = ops.images;
  const gif = [new Uint8Array(Buffer.from(GIF, 'base64'))];
  // Deflate expands a thousandfold, a JPEG file's bit is a block of 64 pixels, a GIF file's code a row.
  return [
    { name: 'png', seeds: png, ratio: 1100, mend: mendedPng, parse: ops.png },
    { name: 'jpeg', seeds: jpeg, ratio: 5000, parse: ops.jpeg },
    { name: 'gif', seeds: gif, ratio: 5000, parse: ops.gif },
    { name: 'bmp', seeds: [bmp()], parse: ops.bmp },
    { name: 'wav', seeds: wav, parse: ops.wav },
    { name: 'image', seeds: [...png, ...jpeg, ...gif, bmp()], ratio: 5000, parse: ops.image },
  ];
}
