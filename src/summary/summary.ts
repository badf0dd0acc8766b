/** `tf.summary`: the functions that add summaries to a graph. */

import { toTensor } from '../core/convert.ts';
import { float32, string } from '../core/dtype.ts';
import { RuntimeError, ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { textOfBytes } from '../core/text.ts';
import { SummaryDescription, SummaryMetadata } from '../formats/summary_messages.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_collection } from '../graph/scopes.ts';
import {
  AudioSummaryV2,
  HistogramSummary,
  ImageSummary,
  MergeSummary,
  ScalarSummary,
  TensorSummaryV2,
} from '../ops/summary.ts';
import { cleanTag, collect, summaryScope } from './scope.ts';

const SUMMARIES = [GraphKeys.SUMMARIES];

type Collections = readonly string[] | null;

/** A summary of one real number. `family` is put ahead of the tag, for TensorBoard's tabs. */
export const scalar = fn(
  ['name', 'tensor', 'collections', 'family'],
  (
    name: string,
    tensor: TensorLike,
    collections: Collections = null,
    family: string | null = null,
  ): Tensor =>
    summaryScope(name, family, '', (tag, scope) => {
      const summary = ScalarSummary({ tags: tag, values: tensor }, {}, scope);
      collect(summary, collections, SUMMARIES);
      return summary;
    }),
);

/** A summary of images: `[batch, height, width, channels]` of uint8, or of floats that are scaled. */
export const image = fn(
  ['name', 'tensor', 'max_outputs', 'collections', 'family'],
  (
    name: string,
    tensor: TensorLike,
    max_outputs: number = 3,
    collections: Collections = null,
    family: string | null = null,
  ): Tensor =>
    summaryScope(name, family, '', (tag, scope) => {
      const summary = ImageSummary({ tag, tensor }, { max_images: max_outputs }, scope);
      collect(summary, collections, SUMMARIES);
      return summary;
    }),
);

/** A summary of how numbers are distributed. */
export const histogram = fn(
  ['name', 'values', 'collections', 'family'],
  (
    name: string,
    values: TensorLike,
    collections: Collections = null,
    family: string | null = null,
  ): Tensor =>
    summaryScope(name, family, 'HistogramSummary', (tag, scope) => {
      const summary = HistogramSummary({ tag, values }, {}, scope);
      collect(summary, collections, SUMMARIES);
      return summary;
    }),
);

/** A summary of sound: `[batch, frames, channels]` or `[batch, frames]`, from -1 to 1. */
export const audio = fn(
  ['name', 'tensor', 'sample_rate', 'max_outputs', 'collections', 'family'],
  (
    name: string,
    tensor: TensorLike,
    sample_rate: TensorLike,
    max_outputs: number = 3,
    collections: Collections = null,
    family: string | null = null,
  ): Tensor =>
    summaryScope(name, family, '', (tag, scope) => {
      const rate = toTensor(sample_rate, float32, 'sample_rate');
      const inputs = { tag, tensor, sample_rate: rate };
      const summary = AudioSummaryV2(inputs, { max_outputs }, scope);
      collect(summary, collections, SUMMARIES);
      return summary;
    }),
);

/** A summary of a tensor of any type; `summary_metadata` says how TensorBoard shows it. */
export const tensor_summary = fn(
  [
    'name',
    'tensor',
    'summary_description',
    'collections',
    'summary_metadata',
    'family',
    'display_name',
  ],
  (
    name: string,
    tensor: TensorLike,
    summary_description: string | null = null,
    collections: Collections = null,
    summary_metadata: SummaryMetadata | null = null,
    family: string | null = null,
    display_name: string | null = null,
  ): Tensor => {
    const metadata = summary_metadata ?? new SummaryMetadata();
    if (summary_description !== null) metadata.summary_description = summary_description;
    if (display_name !== null) metadata.display_name = display_name;
    const serialized_summary_metadata = textOfBytes(metadata.SerializeToString());
    return summaryScope(name, family, '', (tag, scope) => {
      const inputs = { tag, tensor, serialized_summary_metadata };
      const summary = TensorSummaryV2(inputs as Record<keyof typeof inputs, TensorLike>, {}, scope);
      collect(summary, collections, SUMMARIES);
      return summary;
    });
  },
);

/** A summary of strings, which TensorBoard shows as Markdown. */
export const text = fn(
  ['name', 'tensor', 'collections'],
  (name: string, tensor: TensorLike, collections: Collections = null): Tensor => {
    const strings = toTensor(tensor);
    if (strings.dtype !== string) {
      throw new ValueError(
        `Expected tensor ${strings.name} to have dtype string, got ${String(strings.dtype)}`,
      );
    }
    const summary_metadata = new SummaryMetadata({ plugin_data: { plugin_name: 'text' } });
    return tensor_summary(name, strings, { summary_metadata, collections });
  },
);

/** One summary of all values of `inputs`. It is an error in a run if two of them have one tag. */
export const merge = fn(
  ['inputs', 'collections', 'name'],
  (
    inputs: readonly TensorLike[],
    collections: Collections = null,
    name: string | null = null,
  ): Tensor => {
    refuseEagerly();
    const label = cleanTag(name);
    return nameScope(label, 'Merge', () => {
      const summary = MergeSummary({ inputs }, {}, label);
      collect(summary, collections, []);
      return summary;
    });
  },
);

/** One summary of all that are in the collection `key`; `null` if there are none. */
export const merge_all = fn(
  ['key', 'scope'],
  (key: string = GraphKeys.SUMMARIES, scope: string | null = null): Tensor | null => {
    refuseEagerly();
    const summaries = get_collection(key, scope) as Tensor[];
    return summaries.length > 0 ? merge(summaries) : null;
  },
);

function refuseEagerly(): void {
  if (!executing_eagerly()) return;
  throw new RuntimeError(
    'Merging tf.summary.* ops is not compatible with eager execution. Use tf.contrib.summary instead.',
  );
}

/** A node of a GraphDef. */
interface NodeLike {
  readonly op: string;
  readonly attr: Readonly<Record<string, { readonly s?: string | Uint8Array }>>;
}

/** What a TensorSummary node says of its values. ValueError for a node of another op. */
export const get_summary_description = fn(
  ['node_def'],
  (node_def: NodeLike): SummaryDescription => {
    if (node_def.op !== 'TensorSummary') {
      throw new ValueError(`Can't get_summary_description on ${node_def.op}`);
    }
    const written = node_def.attr.description?.s ?? '';
    const json = typeof written === 'string' ? written : new TextDecoder().decode(written);
    const parsed = JSON.parse(json) as Record<string, unknown>;
    const hint = parsed.typeHint ?? parsed.type_hint;
    return new SummaryDescription(typeof hint === 'string' ? { type_hint: hint } : {});
  },
);
