/**
 * Fusion: element-wise operations over the same elements become one loop. A region grows as long as
 * nothing outside of it has read what it computes, so that all of it may run where its last member does.
 */

import type { Elementwise } from '../../backend/placed/index.ts';
import type { VariableCell } from '../../backend/state.ts';
import { sizeOf } from '../../backend/value.ts';
import type { Step } from '../plan.ts';
import type { Placed, RegionItem, RegionMember, Source } from '../specialised/source.ts';

/** A loop with more operations, or more operands, would be slow to compile or to call. */
const MAX_MEMBERS = 2048;
const MAX_OPERANDS = 24;

/** The regions of a plan. */
export class Regions {
  readonly items = new Set<RegionItem>();
  /** The open region that makes a source. */
  private readonly open = new Map<Source, RegionItem>();
  private readonly isOn: boolean;

  /** Without fusion every operation is a loop of its own. */
  constructor(isOn: boolean) {
    this.isOn = isOn;
  }

  /** Adds an operation to a region that makes its operands, or begins one. */
  add(step: Step, order: number, { node }: Elementwise, args: readonly Placed[], output: Placed) {
    const member: RegionMember = { step, node, args, output };
    const candidates = new Set<RegionItem>();
    for (const { source } of args) {
      const region = this.open.get(source);
      if (region) candidates.add(region);
    }
    let home: RegionItem | null = null;
    for (const region of candidates) {
      if (!fits(region, member)) this.close(region);
      else if (home === null) home = region;
      else if (home.shape.join() === region.shape.join() && this.canMerge(home, region)) {
        this.merge(home, region);
      } else this.close(region);
    }
    home ??= { kind: 'region', order, shape: output.shape, members: [], operands: new Set() };
    if (isPartlyRepeated(member)) home.shape = output.shape;
    for (const { source, constant } of args) {
      if (!constant && this.open.get(source) !== home) home.operands.add(source);
    }
    home.members.push(member);
    home.order = order;
    this.items.add(home);
    this.open.set(output.source, home);
    const isFull = home.members.length >= MAX_MEMBERS || home.operands.size >= MAX_OPERANDS;
    if (isFull || !this.isOn) this.close(home);
  }

  /** Says that something outside reads `source`. */
  readOutside(source: Source): void {
    const region = this.open.get(source);
    if (region) this.close(region);
  }

  /** Says that what comes next is another line. */
  closeAll(): void {
    this.open.clear();
  }

  /** Says that `cell` is about to change: what has read it must not wait. */
  beforeWrite(cell: VariableCell | 'all'): void {
    for (const region of new Set(this.open.values())) {
      const reads = region.members.some(({ args }) =>
        args.some(({ source }) => source.cell && (cell === 'all' || source.cell === cell)),
      );
      if (reads) this.close(region);
    }
  }

  private canMerge(a: RegionItem, b: RegionItem): boolean {
    return (
      a.members.length + b.members.length < MAX_MEMBERS &&
      a.operands.size + b.operands.size < MAX_OPERANDS
    );
  }

  private merge(into: RegionItem, region: RegionItem): void {
    into.members.push(...region.members);
    into.members.sort((a, b) => a.output.source.from - b.output.source.from);
    for (const { output } of region.members) this.open.set(output.source, into);
    for (const source of region.operands) into.operands.add(source);
    for (const { output } of into.members) into.operands.delete(output.source);
    this.items.delete(region);
  }

  private close(region: RegionItem): void {
    for (const { output } of region.members) this.open.delete(output.source);
  }
}

/** Whether `member` loops over the elements that `region` loops over. */
function fits(region: RegionItem, member: RegionMember): boolean {
  const { shape } = member.output;
  if (sizeOf(shape) !== sizeOf(region.shape)) return false;
  if (shape.join() === region.shape.join()) return true;
  // Under another shape only what is read in order, or one number, is the same loop.
  return !isPartlyRepeated(member) || !region.members.some(isPartlyRepeated);
}

/** Whether an operand repeats along some dimensions and not along others. */
function isPartlyRepeated({ args, output }: RegionMember): boolean {
  const size = sizeOf(output.shape);
  return args.some(({ shape }) => sizeOf(shape) !== 1 && sizeOf(shape) !== size);
}
