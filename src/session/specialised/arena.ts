/** The memory of a specialised plan: sources whose lives do not overlap share it. */

import { HEAP_MINIMUM } from '../../backend/heap.ts';
import { float32 } from '../../core/dtype.ts';
import { type CallItem, END, type Item, Source, START } from './source.ts';

const ALIGNMENT = 16;

/** A stretch of memory that is not in use. */
interface Gap {
  readonly start: number;
  readonly end: number;
}

/** Gives each source an offset; answers how many bytes all of them need, and the most that is alive at once. */
export function layOut(sources: readonly Source[]): { bytes: number; live: number } {
  const byStart = [...sources].sort((a, b) => a.from - b.from);
  const alive: Source[] = [];
  let gaps: Gap[] = [];
  let [bytes, used, live] = [0, 0, 0];
  for (const source of byStart) {
    for (let i = alive.length - 1; i >= 0; i--) {
      const old = alive[i]!;
      if (old.until >= source.from) continue;
      alive.splice(i, 1);
      gaps = withGap(gaps, { start: old.home.at, end: old.home.at + sizeOf(old) });
      used -= sizeOf(old);
    }
    const size = sizeOf(source);
    const gap = bestGap(gaps, size);
    if (gap) {
      source.home.at = gap.start;
      gaps = gaps.filter((other) => other !== gap);
      if (gap.end - gap.start > size) gaps.push({ start: gap.start + size, end: gap.end });
    } else {
      // The last gap grows where it reaches the end.
      const last = gaps.find(({ end }) => end === bytes);
      source.home.at = last?.start ?? bytes;
      gaps = gaps.filter((other) => other !== last);
      bytes = source.home.at + size;
    }
    alive.push(source);
    used += size;
    live = Math.max(live, used);
  }
  return { bytes, live };
}

/** The smallest gap that is large enough. */
function bestGap(gaps: readonly Gap[], size: number): Gap | undefined {
  let best: Gap | undefined;
  for (const gap of gaps) {
    const fits = gap.end - gap.start >= size;
    if (fits && (!best || gap.end - gap.start < best.end - best.start)) best = gap;
  }
  return best;
}

/** `gaps` and one more, joined with its neighbours. */
function withGap(gaps: readonly Gap[], gap: Gap): Gap[] {
  let { start, end } = gap;
  const rest: Gap[] = [];
  for (const other of gaps) {
    if (other.end === start) start = other.start;
    else if (other.start === end) end = other.end;
    else rest.push(other);
  }
  rest.push({ start, end });
  return rest;
}

const sizeOf = ({ bytes }: Source) => Math.ceil(Math.max(bytes, 4) / ALIGNMENT) * ALIGNMENT;

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
