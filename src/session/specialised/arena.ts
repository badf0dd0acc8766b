/** Which sources of numbers have room in the memory of a specialised plan, and how long they need it. */

import { HEAP_MINIMUM } from '../../backend/heap.ts';
import { float32 } from '../../core/dtype.ts';
import { type CallItem, END, type Item, Source, START } from './source.ts';

/** The sources that need memory of the plan's own. `others` are those that no item makes. */
export function arenaSources(items: readonly Item[], others: Iterable<Source>): Source[] {
  const found = new Set<Source>();
  for (const item of items) {
    if (item.kind === 'region') {
      for (const { output } of item.members) {
        if (output.source.until < item.order || output.source.isGuest) continue;
        output.source.from = item.order;
        found.add(output.source);
      }
    } else if (item.kind === 'call') {
      for (const { source } of item.outputs) {
        if (source.kind !== 'arena') continue;
        source.until = Math.max(source.until, item.order);
        found.add(source);
      }
      if (item.call.scratch) found.add(scratchOf(item));
    } else if (item.kind === 'copy') found.add(item.source);
  }
  for (const source of others) {
    if (source.kind === 'arena' && source.from === START) found.add(source);
    if (!source.isPlaced) continue;
    if (source.literal) source.until = END;
    if (source.literal || (source.kind === 'kernel' && hasRoom(source))) found.add(source);
  }
  return [...found];
}

/** Memory that lives while `item` runs. */
function scratchOf(item: CallItem): Source {
  const shape = [Math.ceil(item.call.scratch! / 4)];
  const source = new Source('arena', item.order, { dtype: float32, shape });
  source.until = item.order;
  item.scratch = source;
  return source;
}

/** Whether a value in a slot has room of the plan's own: a feed that only generated code reads is written there. */
const hasRoom = (source: Source): boolean =>
  isCopied(source) || (source.from === START && !source.isInSlot);

/** Whether what a kernel or caller gives in JavaScript's memory is copied; other values are on the heap. */
export const isCopied = ({ dtype, bytes }: Source): boolean =>
  dtype !== float32 || bytes < 4 * HEAP_MINIMUM;
