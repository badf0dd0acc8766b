/** `tf.core.util`. */

import {
  Event,
  LogMessage,
  SessionLog,
  TaggedRunMetadata,
} from '../../formats/summary_messages.ts';

/** `event_pb2`. */
export const event_pb2 = { Event, LogMessage, SessionLog, TaggedRunMetadata };
