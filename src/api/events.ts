/** The messages of summaries and event files that stand in `tf` itself. */

export {
  Event,
  HistogramProto,
  LogMessage,
  SessionLog,
  Summary,
  SummaryMetadata,
} from '../formats/summary_messages.ts';
