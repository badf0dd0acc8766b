/** `tf.summary`: summaries in a graph, and the files that TensorBoard reads. */

export {
  Event,
  SessionLog,
  Summary,
  SummaryDescription,
  TaggedRunMetadata,
} from '../formats/summary_messages.ts';
export { FileWriter, FileWriterCache } from '../summary/file_writer.ts';
export {
  audio,
  get_summary_description,
  histogram,
  image,
  merge,
  merge_all,
  scalar,
  tensor_summary,
  text,
} from '../summary/summary.ts';
