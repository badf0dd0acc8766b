/** Who watches calls of ops: gradient tapes. Each mode shows its calls here. */

import type { Node } from './tensor.ts';

/** What records calls: a gradient tape. */
export interface Recorder {
  record(node: Node): void;
}

const recorders = new Set<Recorder>();

/** Shows every call to `recorder` until `stopRecording`. */
export function startRecording(recorder: Recorder): void {
  recorders.add(recorder);
}

/** Ends `startRecording`; answers whether `recorder` was shown the calls until now. */
export function stopRecording(recorder: Recorder): boolean {
  return recorders.delete(recorder);
}

/** Shows a call to all who record. */
export function showCall(node: Node): void {
  for (const recorder of recorders) recorder.record(node);
}
