/** How members of collections become messages of a meta graph, and objects again. */

import type { Message, MessageClass } from '../formats/message.ts';

/** The two ways of the members of one collection. */
export interface ProtoFunctions {
  /** The class of the messages. */
  readonly proto_type: MessageClass<object>;
  /** The message of `member`; `null` where it stands outside of `export_scope`. */
  readonly to_proto: (member: unknown, export_scope: string | null) => Message | null;
  /** The member that `message` describes, in the default graph. */
  readonly from_proto: (message: Message, import_scope: string | null) => unknown;
}

const byCollection = new Map<string, ProtoFunctions>();

/** Says what the members of collection `name` are in a meta graph. */
export function registerProtoFunctions(name: string, functions: ProtoFunctions): void {
  byCollection.set(name, functions);
}

/** What the members of collection `name` are in a meta graph; `undefined` for plain ones. */
export function protoFunctionsOf(name: string): ProtoFunctions | undefined {
  return byCollection.get(name);
}
