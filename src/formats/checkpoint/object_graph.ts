/**
 * Checkpoints of TF2 programs name tensors by how objects hold each other (`module/w/.ATTRIBUTES/...`).
 * One more tensor in them, a message, says which variable each of them was.
 */

import { textOfBytes } from '../../core/text.ts';
import { readFields } from './wire.ts';

/** The name of the tensor that holds the message. */
export const OBJECT_GRAPH_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** The keys of the tensors by the names that their variables had. DataLossError for damaged bytes. */
export function keysOfVariables(objectGraph: Uint8Array): Map<string, string> {
  const keys = new Map<string, string>();
  readFields(objectGraph, (number, graph) => {
    if (number !== 1) return false;
    readFields(graph.lengthDelimited(), (field, object) => {
      if (field !== 2) return false;
      const [name, key] = readAttribute(object.lengthDelimited());
      if (name !== '' && key !== '') keys.set(name, key);
      return true;
    });
    return true;
  });
  return keys;
}

function readAttribute(bytes: Uint8Array): [fullName: string, key: string] {
  let [name, key] = ['', ''];
  readFields(bytes, (field, attribute) => {
    if (field === 2) name = String(textOfBytes(attribute.lengthDelimited()));
    else if (field === 3) key = String(textOfBytes(attribute.lengthDelimited()));
    else return false;
    return true;
  });
  return [name, key];
}
