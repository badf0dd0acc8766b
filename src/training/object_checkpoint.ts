/** Savers read checkpoints of TF2 programs, too: those say by which key a variable is in them. */

import { openCheckpoint } from '../backend/checkpoint_files.ts';
import { newData, type Text } from '../core/dtype.ts';
import { NotFoundError, OpError } from '../core/errors.ts';
import type { Operand } from '../core/operand.ts';
import type { Node } from '../core/tensor.ts';
import { bytesOfText } from '../core/text.ts';
import { keysOfVariables, OBJECT_GRAPH_KEY } from '../formats/checkpoint/object_graph.ts';
import { SaveableObject, SaveSpec } from './saveable.ts';

/** The keys of a TF2 program's checkpoint by the names of its variables; `null` for another checkpoint, or none. */
export function objectKeys(path: string): ReadonlyMap<string, string> | null {
  try {
    const checkpoint = openCheckpoint(path);
    try {
      if (checkpoint.info(OBJECT_GRAPH_KEY)?.dtype.name !== 'string') return null;
      const data = newData(checkpoint.info(OBJECT_GRAPH_KEY)!.dtype, 1);
      checkpoint.open(OBJECT_GRAPH_KEY).readInto(data);
      return keysOfVariables(bytesOfText(data[0] as Text));
    } finally {
      checkpoint.close();
    }
  } catch (error) {
    if (error instanceof OpError) return null;
    throw error;
  }
}

/** A saveable whose tensors have other names in the checkpoint. */
class Renamed extends SaveableObject {
  private readonly original: SaveableObject;

  constructor(original: SaveableObject, specs: readonly SaveSpec[]) {
    super(original.op, specs, original.name);
    this.original = original;
  }

  override get device(): string {
    return this.original.device;
  }

  override restore(...args: Parameters<SaveableObject['restore']>): Node | Operand {
    return this.original.restore(...args);
  }
}

/** The saveables under the keys of a TF2 program's checkpoint. NotFoundError for one that is not in it. */
export function renamed(
  saveables: readonly SaveableObject[],
  keys: ReadonlyMap<string, string>,
): SaveableObject[] {
  return saveables.map((saveable) => {
    const specs = saveable.specs.map((spec) => {
      const key = keys.get(spec.name);
      if (key === undefined) {
        throw new NotFoundError(
          null,
          null,
          `Attempting to load an object-based checkpoint using variable names, but could not find ${spec.name} in the checkpoint.`,
        );
      }
      return new SaveSpec(() => spec.tensor, spec.slice_spec, key, spec.dtype);
    });
    return new Renamed(saveable, specs);
  });
}
