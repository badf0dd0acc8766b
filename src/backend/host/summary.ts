/** Summary ops: values to the serialized messages of event files. */

import {
  type DType,
  float16,
  string,
  type Text,
  type TypedArray,
  uint8,
} from '../../core/dtype.ts';
import { roundToHalf } from '../../core/half.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import type { Literal } from '../../core/tensor.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { fileBytes } from '../../formats/checkpoint/element_bytes.ts';
import { joinBytes } from '../../formats/deflate.ts';
import { TensorProto } from '../../formats/graph_messages.ts';
import { histogramOf } from '../../formats/histogram.ts';
import { writePng } from '../../formats/image/png.ts';
import { outlineOf, scalarSummary, tagText } from '../../formats/summary_bytes.ts';
import { Summary, SummaryMetadata } from '../../formats/summary_messages.ts';
import { setValues, shapeProto } from '../../formats/tensor_proto.ts';
import { writeWav } from '../../formats/wav.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText, sizeOf } from './box.ts';

const PNG_LEVEL = 6;
const MOST_PIXELS = 2 ** 29;
/** Images whose values are all nearer to zero are black. */
const ZERO = Math.fround(1e-6);

function summaryValue(context: KernelContext, bytes: Uint8Array): Value {
  return context.wrap(string, [], [textOfBytes(bytes)]);
}

function tagOf(value: Value, error: string): string {
  if (value.shape.length > 0) invalid(error);
  return new TextDecoder().decode(bytesOfText((value.data as Text[])[0]!));
}

kernel('ScalarSummary', ([tags, values], _attrs, context) => {
  const names = tags!.data as Text[];
  const [expected, given] = [shapeText(tags!.shape), shapeText(values!.shape)];
  if (expected !== given) {
    const which = names.length === 1 ? ` (tag '${String(names[0])}')` : '';
    invalid(`tags and values not the same shape: ${expected} != ${given}${which}`);
  }
  return summaryValue(context, scalarSummary(names, values!.data as TypedArray));
});

kernel('HistogramSummary', ([tag, values], _attrs, context) => {
  const name = tagOf(tag!, 'tags must be scalar');
  const data = values!.data as TypedArray;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (Number.isNaN(value)) invalid(`Nan in summary histogram for: ${context.nodeName}`);
    if (!Number.isFinite(value)) invalid(`Infinity in Histogram for: ${context.nodeName}`);
  }
  const summary = new Summary({ value: [{ tag: name, histo: histogramOf(data) }] });
  return summaryValue(context, summary.SerializeToString());
});

// ---- images ------------------------------------------------------------------------------------

kernel('ImageSummary', ([tag, tensor], { max_images, bad_color }, context) => {
  const name = tagOf(tag!, 'Tags must be a scalar');
  const { shape, dtype } = tensor!;
  const [batch = 0, height = 0, width = 0, depth = 0] = shape;
  if (shape.length !== 4 || ![1, 3, 4].includes(depth)) {
    invalid(`Tensor must be 4-D with last dim 1, 3, or 4, not ${shapeText(shape)}`);
  }
  if (height * width >= MOST_PIXELS) invalid(`Tensor too large for summary ${shapeText(shape)}`);
  if (batch > 0 && height * width === 0) {
    invalid(`input tensor must have non-zero dims. Found: [${shape.join(', ')}].`);
  }
  const bad = badColor(bad_color as Literal, dtype === uint8 ? 0 : depth);
  const most = max_images as number;
  const summary = new Summary();
  for (let i = 0; i < Math.min(most, batch); i++) {
    const size = height * width * depth;
    const values = (tensor!.data as TypedArray).subarray(i * size, (i + 1) * size);
    const pixels = dtype === uint8 ? (values as Uint8Array) : normalized(values, depth, bad, dtype);
    summary.value.add({
      tag: most > 1 ? `${name}/image/${i}` : `${name}/image`,
      image: {
        height,
        width,
        colorspace: depth,
        encoded_image_string: writePng(pixels, width, height, depth, PNG_LEVEL),
      },
    });
  }
  return summaryValue(context, summary.SerializeToString());
});

function badColor({ dtype, shape, data }: Literal, depth: number): ArrayLike<number> {
  if (dtype !== uint8) invalid(`bad_color must be uint8, got ${dtype.name}`);
  if (shape.length !== 1) invalid(`bad_color must be a vector, got shape ${shapeText(shape)}`);
  if (shape[0]! < depth) {
    invalid(`expected depth <= bad_color.size, got depth = ${depth}, bad_color.size = ${shape[0]}`);
  }
  return data as Uint8Array;
}

/**
 * Numbers as bytes: positive ones are scaled so that the largest is 255; if there are negative ones,
 * the largest is 127 away from 128. Pixels that are not finite have the color `bad`.
 */
function normalized(
  values: TypedArray,
  depth: number,
  bad: ArrayLike<number>,
  dtype: DType,
): Uint8Array {
  const count = values.length / depth;
  const whole = new Uint8Array(count).fill(1);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const pixel = values.subarray(i * depth, (i + 1) * depth);
    if (!pixel.every(Number.isFinite)) {
      whole[i] = 0;
      continue;
    }
    min = Math.fround(Math.min(min, ...pixel));
    max = Math.fround(Math.max(max, ...pixel));
  }
  const isSigned = min < 0;
  const largest = isSigned ? Math.max(Math.abs(min), Math.abs(max)) : max;
  const round = roundTo(dtype);
  const scale = round(largest < ZERO ? 0 : Math.fround((isSigned ? 127 : 255) / largest));
  const offset = isSigned ? 128 : 0;
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const at = Math.floor(i / depth);
    pixels[i] = whole[at] ? Math.trunc(round(round(values[i]! * scale) + offset)) : bad[i % depth]!;
  }
  return pixels;
}

function roundTo(dtype: DType): (x: number) => number {
  if (dtype === float16) return roundToHalf;
  return dtype.size === 8 ? (x) => x : Math.fround;
}

// ---- audio -------------------------------------------------------------------------------------

function audioSummary(
  [tag, tensor]: readonly Value[],
  rate: number,
  most: number,
  context: KernelContext,
): Value {
  const name = tagOf(tag!, 'Tag must be a scalar');
  const { shape } = tensor!;
  if (shape.length !== 2 && shape.length !== 3) {
    invalid(`Tensor must be 3-D or 2-D, got: ${shapeText(shape)}`);
  }
  if (!(rate > 0)) invalid('sample_rate must be > 0');
  const [batch = 0, frames = 0, channels = 1] = shape;
  const summary = new Summary();
  for (let i = 0; i < Math.min(most, batch); i++) {
    const size = frames * channels;
    const samples = (tensor!.data as Float32Array).subarray(i * size, (i + 1) * size);
    summary.value.add({
      tag: most > 1 ? `${name}/audio/${i}` : `${name}/audio`,
      audio: {
        sample_rate: rate,
        num_channels: channels,
        length_frames: frames,
        encoded_audio_string: writeWav(samples, frames, channels, Math.trunc(rate)),
        content_type: 'audio/wav',
      },
    });
  }
  return summaryValue(context, summary.SerializeToString());
}

kernel('AudioSummary', (inputs, { sample_rate, max_outputs }, context) =>
  audioSummary(inputs, sample_rate as number, max_outputs as number, context),
);

kernel('AudioSummaryV2', (inputs, { max_outputs }, context) => {
  const rate = (inputs[2]!.data as Float32Array)[0]!;
  return audioSummary(inputs, rate, max_outputs as number, context);
});

// ---- tensors -----------------------------------------------------------------------------------

/** A tensor with all its numbers as bytes, strings as a list. */
function tensorMessage({ dtype, shape, data }: Value): TensorProto {
  const message = new TensorProto({
    dtype: dtype.as_datatype_enum,
    tensor_shape: shapeProto(shape),
  });
  if (dtype === string) setValues(message, dtype, data);
  else if (sizeOf(shape) > 0) {
    message.tensor_content = joinBytes([...fileBytes(dtype, data as TypedArray)]);
  }
  return message;
}

kernel('TensorSummary', ([tensor], _attrs, context) => {
  const value = { node_name: context.nodeName, tensor: tensorMessage(tensor!) };
  return summaryValue(context, new Summary({ value: [value] }).SerializeToString());
});

kernel('TensorSummaryV2', ([tag, tensor, metadata], _attrs, context) => {
  const name = tagOf(tag!, 'tag must be scalar');
  if (metadata!.shape.length > 0) invalid('serialized_summary_metadata must be scalar');
  const summary = new Summary();
  const value = summary.value.add({ tag: name, tensor: tensorMessage(tensor!) });
  value.metadata = readMetadata(bytesOfText((metadata!.data as Text[])[0]!));
  value.metadata.SetInParent();
  return summaryValue(context, summary.SerializeToString());
});

/** What cannot be read is left out, as TensorFlow does. */
function readMetadata(bytes: Uint8Array): SummaryMetadata {
  try {
    return SummaryMetadata.FromString(bytes);
  } catch {
    return new SummaryMetadata();
  }
}

// ---- merging -----------------------------------------------------------------------------------

kernel('MergeSummary', (inputs, _attrs, context) => {
  const parts: Uint8Array[] = [];
  const tags = new Set<string>();
  for (const input of inputs) {
    for (const text of input.data as Text[]) {
      const bytes = bytesOfText(text);
      const values = outlineOf(bytes);
      if (!values) return invalid('Could not parse one of the summary inputs');
      for (const { tag } of values) {
        // Tensor summaries of the first version have no tags.
        if (tag !== '' && tags.has(tag)) {
          invalid(`Duplicate tag ${tagText(tag)} found in summary inputs`);
        }
        tags.add(tag);
      }
      parts.push(bytes);
    }
  }
  return summaryValue(context, joinBytes(parts));
});
