/** The messages of event files as classes: `tf.Summary`, `tf.Event` and their parts. */

import type { TensorProto } from './graph_messages.ts';
import { type EnumWrapper, type Message, type MessageClass, messageClass } from './message.ts';
import type { RepeatedMessages } from './message_store.ts';
import { summarySchema, traceSchema } from './summary_schema.ts';

/** The type of a tensor summary's values, for TensorSummary. */
export interface SummaryDescriptionFields {
  type_hint: string;
}
/** What a TensorSummary says of its values. */
export type SummaryDescription = Message & SummaryDescriptionFields;
/** The class of descriptions. */
export const SummaryDescription = messageClass<SummaryDescriptionFields>(
  summarySchema,
  'SummaryDescription',
);

/** A histogram: `bucket[i]` numbers are below `bucket_limit[i]` and not below the limit before. */
export interface HistogramProtoFields {
  min: number;
  max: number;
  num: number;
  sum: number;
  sum_squares: number;
  bucket_limit: number[];
  bucket: number[];
}
/** A histogram. */
export type HistogramProto = Message & HistogramProtoFields;
/** The class of histograms. */
export const HistogramProto = messageClass<HistogramProtoFields>(summarySchema, 'HistogramProto');

/** Which of TensorBoard's plugins shows a value. */
export interface PluginDataFields {
  plugin_name: string;
  content: Uint8Array;
}
/** How TensorBoard shows a value. */
export interface SummaryMetadataFields {
  plugin_data: Message & PluginDataFields;
  display_name: string;
  summary_description: string;
}
/** How TensorBoard shows a value: kept once per tag. */
export type SummaryMetadata = Message & SummaryMetadataFields;
/** The class of metadata. */
export const SummaryMetadata = messageClass<
  SummaryMetadataFields,
  { readonly PluginData: MessageClass<PluginDataFields> }
>(summarySchema, 'SummaryMetadata');

/** An image as a file: `colorspace` 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. */
export interface SummaryImageFields {
  height: number;
  width: number;
  colorspace: number;
  encoded_image_string: Uint8Array;
}
/** Audio as a file. */
export interface SummaryAudioFields {
  sample_rate: number;
  num_channels: number | bigint;
  length_frames: number | bigint;
  encoded_audio_string: Uint8Array;
  content_type: string;
}
/** One value under a tag: exactly one of the members from `simple_value` on. */
export interface SummaryValueFields {
  node_name: string;
  tag: string;
  metadata: SummaryMetadata;
  simple_value: number;
  obsolete_old_style_histogram: Uint8Array;
  image: Message & SummaryImageFields;
  histo: HistogramProto;
  audio: Message & SummaryAudioFields;
  tensor: TensorProto;
}
/** One value of a summary. */
export type SummaryValue = Message & SummaryValueFields;
/** Values under their tags. */
export interface SummaryFields {
  value: RepeatedMessages<SummaryValue>;
}
/** Values under their tags, as the summary ops give them. */
export type Summary = Message & SummaryFields;
/** The class of summaries: `new tf.Summary({ value: [{ tag: 'loss', simple_value: 0.5 }] })`. */
export const Summary = messageClass<
  SummaryFields,
  {
    readonly Image: MessageClass<SummaryImageFields>;
    readonly Audio: MessageClass<SummaryAudioFields>;
    readonly Value: MessageClass<SummaryValueFields>;
  }
>(summarySchema, 'Summary');

/** A line of a log. */
export interface LogMessageFields {
  level: number;
  message: string;
}
/** A line of a log. */
export type LogMessage = Message & LogMessageFields;
/** The class of lines of a log; its levels are members, as in `tf.LogMessage.WARN`. */
export const LogMessage = messageClass<
  LogMessageFields,
  Readonly<Record<'UNKNOWN' | 'DEBUGGING' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL', number>> & {
    readonly Level: EnumWrapper;
  }
>(summarySchema, 'LogMessage');

/** What happened to a session. */
export interface SessionLogFields {
  status: number;
  checkpoint_path: string;
  msg: string;
}
/** What happened to a session. */
export type SessionLog = Message & SessionLogFields;
/** The class of what happens to sessions, as in `tf.SessionLog.START`. */
export const SessionLog = messageClass<
  SessionLogFields,
  Readonly<Record<'STATUS_UNSPECIFIED' | 'START' | 'STOP' | 'CHECKPOINT', number>> & {
    readonly SessionStatus: EnumWrapper;
  }
>(summarySchema, 'SessionLog');

/** The trace of a run under a tag. */
export interface TaggedRunMetadataFields {
  tag: string;
  /** A serialized RunMetadata. */
  run_metadata: Uint8Array;
}
/** The trace of a run under a tag. */
export type TaggedRunMetadata = Message & TaggedRunMetadataFields;
/** The class of tagged traces. */
export const TaggedRunMetadata = messageClass<TaggedRunMetadataFields>(
  summarySchema,
  'TaggedRunMetadata',
);

/** One record of an event file: when, at which step, and exactly one of the other members. */
export interface EventFields {
  /** Seconds since 1970. */
  wall_time: number;
  step: number | bigint;
  file_version: string;
  /** A serialized GraphDef. */
  graph_def: Uint8Array;
  summary: Summary;
  log_message: LogMessage;
  session_log: SessionLog;
  tagged_run_metadata: TaggedRunMetadata;
  /** A serialized MetaGraphDef. */
  meta_graph_def: Uint8Array;
}
/** One record of an event file. */
export type Event = Message & EventFields;
/** The class of events. */
export const Event = messageClass<EventFields>(summarySchema, 'Event');

/** What a traced run did, for event files. */
export type RunMetadataMessage = Message & { step_stats: Message };
/** The class of traces in files. */
export const RunMetadataMessage = messageClass<{ step_stats: Message }>(traceSchema, 'RunMetadata');
