/** The message in the file `checkpoint`, which says what checkpoints a directory has. */

import { ValueError } from '../core/errors.ts';
import { type Message, messageClass } from './message.ts';
import { Schema } from './proto_schema.ts';

const schema = new Schema(`
package tensorflow;
message CheckpointState {
  string model_checkpoint_path = 1;
  repeated string all_model_checkpoint_paths = 2;
  repeated double all_model_checkpoint_timestamps = 3;
  double last_preserved_timestamp = 4;
}
`);

/** The checkpoints of a directory, the newest last. */
export interface CheckpointStateFields {
  /** The newest. */
  model_checkpoint_path: string;
  all_model_checkpoint_paths: string[];
  /** Seconds since 1970. */
  all_model_checkpoint_timestamps: number[];
  last_preserved_timestamp: number;
}
/** The checkpoints of a directory. */
export type CheckpointState = Message & CheckpointStateFields;
/** The class of the message in the file `checkpoint`. */
export const CheckpointState = messageClass<CheckpointStateFields>(schema, 'CheckpointState');

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9 };

/** Reads the text form of the message. ValueError where it is something else. */
export function parseCheckpointState(text: string): CheckpointState {
  const state = new CheckpointState();
  const paths: string[] = [];
  const line = /\s*(\w+)\s*:\s*(?:"((?:[^"\\\n]|\\.)*)"|([\d.e+-]+))\s*/gy;
  let end = /^\s*/.exec(text)![0].length;
  line.lastIndex = end;
  for (let field = line.exec(text); field; field = line.exec(text)) {
    const [, name, quoted] = field;
    end = line.lastIndex;
    if (name === 'model_checkpoint_path') state.model_checkpoint_path = unescaped(quoted ?? '');
    else if (name === 'all_model_checkpoint_paths') paths.push(unescaped(quoted ?? ''));
  }
  if (end < text.length) throw new ValueError(`Cannot parse CheckpointState at ${end}: ${text}`);
  state.all_model_checkpoint_paths = paths;
  return state;
}

/** What C's escapes stand for: they say bytes, and the bytes are UTF-8. */
function unescaped(text: string): string {
  const bytes: number[] = [];
  for (const [part, octal, letter] of text.matchAll(/\\([0-7]{1,3})|\\(.)|[^\\]+/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else if (letter !== undefined) bytes.push(ESCAPES[letter] ?? letter.charCodeAt(0));
    else bytes.push(...new TextEncoder().encode(part));
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
