/**
 * Where sources of numbers are in a block of memory: those whose lives do not overlap may share it. One
 * walk over time, which reuses what is free, is often enough; where it leaves holes, the large sources
 * get their places first, and then, again and again, those that ended up on top.
 */

import type { Source } from './source.ts';

const ALIGNMENT = 16;
/** The order by size compares every source with every other: not for more than so many. */
const MAX_COMPARED = 4096;
/** A layout that takes more than this share of what is alive is looked at again, for so many comparisons. */
const ENOUGH = 1.1;
const MAX_COMPARISONS = 2 ** 22;

/** A stretch of memory that is not in use. */
interface Gap {
  readonly start: number;
  readonly end: number;
}

/** A layout: the offset of each source, and the bytes of all. */
interface Layout {
  readonly offsets: ReadonlyMap<Source, number>;
  readonly bytes: number;
}

/** Gives each source an offset; answers how many bytes all of them need, and the most that is alive at once. */
export function layOut(sources: readonly Source[]): { bytes: number; live: number } {
  const live = mostAlive(sources);
  let best = byTime(sources);
  if (best.bytes > live && sources.length <= MAX_COMPARED) {
    for (const rank of [sizeOf, areaOf]) best = smaller(best, inOrder(byRank(sources, rank)));
    best = improved(sources, best, live);
  }
  for (const source of sources) source.home.at = best.offsets.get(source)!;
  return { bytes: best.bytes, live };
}

const sizeOf = ({ bytes }: Source) => Math.ceil(Math.max(bytes, 4) / ALIGNMENT) * ALIGNMENT;
/** Bytes times steps. What lives to the end, or from the beginning, counts most. */
const areaOf = (source: Source) => sizeOf(source) * (source.until - source.from + 1);

/** The most bytes that are alive at once. */
function mostAlive(sources: readonly Source[]): number {
  const births = [...sources].sort((a, b) => a.from - b.from);
  const deaths = [...sources].sort((a, b) => a.until - b.until);
  let [used, most, dead] = [0, 0, 0];
  for (const source of births) {
    for (; deaths[dead]!.until < source.from; dead++) used -= sizeOf(deaths[dead]!);
    used += sizeOf(source);
    most = Math.max(most, used);
  }
  return most;
}

/** Gives sources their places as they come to life, each in the smallest gap that is large enough. */
function byTime(sources: readonly Source[]): Layout {
  const offsets = new Map<Source, number>();
  const alive: Source[] = [];
  let gaps: Gap[] = [];
  let bytes = 0;
  for (const source of [...sources].sort((a, b) => a.from - b.from)) {
    for (let i = alive.length - 1; i >= 0; i--) {
      const old = alive[i]!;
      if (old.until >= source.from) continue;
      alive.splice(i, 1);
      const start = offsets.get(old)!;
      gaps = withGap(gaps, { start, end: start + sizeOf(old) });
    }
    const size = sizeOf(source);
    const gap = bestGap(gaps, size) ?? gaps.find(({ end }) => end === bytes);
    // The last gap grows where it reaches the end.
    const start = gap?.start ?? bytes;
    offsets.set(source, start);
    gaps = gaps.filter((other) => other !== gap);
    if (gap && gap.end > start + size) gaps.push({ start: start + size, end: gap.end });
    bytes = Math.max(bytes, start + size);
    alive.push(source);
  }
  return { offsets, bytes };
}

const smaller = (a: Layout, b: Layout): Layout => (b.bytes < a.bytes ? b : a);

/** The sources, those of high `rank` first. */
function byRank(sources: readonly Source[], rank: (source: Source) => number): Source[] {
  const ranks = new Map(sources.map((source) => [source, rank(source)]));
  return [...sources].sort((a, b) => ranks.get(b)! - ranks.get(a)! || a.from - b.from);
}

/** Gives sources their places one by one, each in the smallest gap between those that live at its time. */
function inOrder(sources: readonly Source[]): Layout {
  const offsets = new Map<Source, number>();
  /** In order of offsets. */
  const placed: Source[] = [];
  let bytes = 0;
  for (const source of sources) {
    const size = sizeOf(source);
    const start = gapBetween(placed, offsets, source);
    offsets.set(source, start);
    bytes = Math.max(bytes, start + size);
    let at = placed.length;
    while (at > 0 && offsets.get(placed[at - 1]!)! > start) at--;
    placed.splice(at, 0, source);
  }
  return { offsets, bytes };
}

/** A layout like `best`, or a smaller one, where what is on top has its place before all others. */
function improved(sources: readonly Source[], best: Layout, live: number): Layout {
  const order = byRank(sources, sizeOf);
  let rounds = Math.min(64, MAX_COMPARISONS / sources.length ** 2);
  for (; rounds >= 1 && best.bytes > ENOUGH * live; rounds--) {
    const { offsets, bytes } = inOrder(order);
    best = smaller(best, { offsets, bytes });
    const top = order.findIndex((source) => offsets.get(source)! + sizeOf(source) === bytes);
    order.unshift(...order.splice(top, 1));
  }
  return best;
}

/** Where `source` fits between those of `placed` that live at its time; above all of them if nowhere. */
function gapBetween(
  placed: readonly Source[],
  offsets: ReadonlyMap<Source, number>,
  source: Source,
): number {
  const size = sizeOf(source);
  let [end, best, room] = [0, -1, Number.POSITIVE_INFINITY];
  for (const other of placed) {
    if (other.until < source.from || source.until < other.from) continue;
    const start = offsets.get(other)!;
    if (start - end >= size && start - end < room) {
      best = end;
      room = start - end;
    }
    end = Math.max(end, start + sizeOf(other));
  }
  return best >= 0 ? best : end;
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
