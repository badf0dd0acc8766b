/**
 * When numbers are wanted: items that nobody wants go, every source learns who reads it last, and a
 * variable that changes while its earlier numbers are still wanted is copied first.
 */

import type { VariableCell } from '../../backend/state.ts';
import type { Step } from '../plan.ts';
import {
  type CopyItem,
  END,
  type Item,
  type KernelItem,
  type Placed,
  type RegionItem,
  type RegionMember,
  type Source,
} from './source.ts';

/** The items that run, in order. Fills in until when each source is wanted, from `fetched` at the end backwards. */
export function settle(
  items: readonly Item[],
  fetched: readonly Source[],
  line: { readonly steps: readonly Step[] },
): Item[] {
  const ordered = [...items].sort((a, b) => a.order - b.order);
  const variables = new Set<Source>();
  const want = (source: Source, order: number) => {
    source.until = Math.max(source.until, order);
    if (source.kind === 'variable') variables.add(source);
  };
  for (const source of fetched) {
    want(source, END);
    source.isInSlot = source.kind === 'kernel';
  }
  const kept: Item[] = [];
  for (let i = ordered.length - 1; i >= 0; i--) {
    const item = ordered[i]!;
    if (item.kind === 'region') {
      if (!pruneRegion(item, want)) continue;
    } else if (item.kind === 'call') {
      const { call, written, outputs } = item;
      if (written.length === 0 && !call.mayFail && !outputs.some(isWanted)) continue;
      for (const i of call.reads) wantPlaced(item.inputs[i]!, item.order, want);
    } else if (item.kind === 'kernel') wantForKernel(item, want);
    kept.push(item);
  }
  kept.reverse();
  return insertCopies(kept, variables, line.steps);
}

const isWanted = ({ source }: Placed) => source.until > Number.NEGATIVE_INFINITY;
type Want = (source: Source, order: number) => void;

function wantPlaced({ source }: Placed, order: number, want: Want): void {
  want(source, order);
  source.isPlaced = true;
}

/** Drops what nobody wants of a region; whether anything is left. */
function pruneRegion(region: RegionItem, want: Want): boolean {
  const made = new Set(region.members.map(({ output }) => output.source));
  const inside = new Set<Source>();
  const left: RegionMember[] = [];
  for (let i = region.members.length - 1; i >= 0; i--) {
    const member = region.members[i]!;
    if (!isWanted(member.output) && !inside.has(member.output.source)) continue;
    left.push(member);
    for (const arg of member.args) {
      if (made.has(arg.source)) inside.add(arg.source);
      else if (!arg.constant || arg.shape.length > 0) wantPlaced(arg, region.order, want);
    }
  }
  region.members.splice(0, region.members.length, ...left.reverse());
  return left.length > 0;
}

/**
 * A kernel's result may be a view of what it was given, so what it was given stays as long as the
 * result; but not where it is given copies.
 */
function wantForKernel({ reads, outputs, order, keeps }: KernelItem, want: Want): void {
  const until = keeps ? order : Math.max(order, ...outputs.map((output) => output?.until ?? order));
  for (const source of reads) {
    want(source, until);
    if (source.kind === 'kernel') source.isInSlot = true;
  }
}

/** Puts copies before the steps that rewrite variables of which earlier numbers are wanted later. */
function insertCopies(
  items: Item[],
  variables: ReadonlySet<Source>,
  steps: readonly Step[],
): Item[] {
  const writes = new Map<VariableCell | 'all', number[]>();
  for (const item of items) {
    if (item.kind !== 'call' && item.kind !== 'kernel') continue;
    for (const cell of item.written === 'all' ? (['all'] as const) : item.written) {
      const orders = writes.get(cell);
      if (orders) orders.push(item.order);
      else writes.set(cell, [item.order]);
    }
  }
  const copies: CopyItem[] = [];
  for (const source of variables) {
    const cell = source.cell!;
    const orders = [...(writes.get(cell) ?? []), ...(writes.get('all') ?? [])];
    if (!orders.some((order) => source.from < order && order < source.until)) continue;
    source.kind = 'arena';
    source.cell = null;
    source.home = { at: 0 };
    const step = steps[source.from]!;
    copies.push({ kind: 'copy', order: source.from, step, cell, source });
  }
  if (copies.length === 0) return items;
  // At one step a copy comes first: the step may be the one that rewrites the variable.
  return [...copies, ...items].sort((a, b) => a.order - b.order);
}
