/** What the parts of a specialised plan hand to each other: sources of numbers, and the items that make them. */

import {
  type Call,
  type Described,
  type Elementwise,
  placeBytes,
} from '../../backend/placed/index.ts';
import type { Home } from '../../backend/placed/place.ts';
import type { VariableCell } from '../../backend/state.ts';
import { sizeOf } from '../../backend/value.ts';
import type { DType } from '../../core/dtype.ts';
import type { Literal } from '../../core/tensor.ts';
import type { Step } from '../plan.ts';

/** After everything: when fetches are copied out. */
export const END = Number.POSITIVE_INFINITY;
/** Before everything: when feeds are written. */
export const START = -1;

/**
 * Where numbers come from. `arena`: they have a place in the plan's memory while they live. `variable`:
 * they are those of a variable, read at `from`. `constant`: they never change. `kernel`: a kernel gives
 * them, in a slot, wherever it has put them.
 */
export class Source {
  kind: 'arena' | 'variable' | 'constant' | 'kernel';
  home: Home = { at: 0 };
  /** The address that the plan has for them, where a kernel's result may be elsewhere. */
  room = 0;
  /** The order of the step that makes them, and of the last that reads them. */
  from: number;
  until = Number.NEGATIVE_INFINITY;
  readonly dtype: DType;
  readonly bytes: number;
  cell: VariableCell | null = null;
  literal: Literal | null = null;
  slot = -1;
  /** Whether generated code reads them, so that they need an address. */
  isPlaced = false;
  /** Whether their home is that of another source. */
  isGuest = false;
  /** Whether a kernel reads them from the slot. */
  isInSlot = false;

  constructor(kind: Source['kind'], from: number, { dtype, shape }: Described) {
    this.kind = kind;
    this.from = from;
    this.dtype = dtype;
    this.bytes = placeBytes(dtype, sizeOf(shape));
  }
}

/** A source under a type and shape: what a slot of the plan holds. */
export interface Placed extends Described {
  readonly source: Source;
}

/** One operation of a fused loop. */
export interface RegionMember {
  readonly step: Step;
  readonly node: Elementwise['node'];
  readonly args: readonly Placed[];
  readonly output: Placed;
}

/** A fused loop over the elements of `shape`. It runs in the place of its last member. */
export interface RegionItem {
  readonly kind: 'region';
  order: number;
  shape: readonly number[];
  readonly members: RegionMember[];
  /** What it reads from outside. */
  readonly operands: Set<Source>;
}

/** A call with fixed addresses. */
export interface CallItem {
  readonly kind: 'call';
  readonly order: number;
  readonly step: Step;
  readonly call: Call;
  readonly inputs: readonly Placed[];
  readonly outputs: readonly Placed[];
  readonly written: readonly VariableCell[];
  /** The steps that it does at its end. */
  readonly epilogue?: readonly Step[];
  /** What the call works in, if it needs that. */
  scratch?: Source;
}

/** The numbers of a variable, copied before they change. */
export interface CopyItem {
  readonly kind: 'copy';
  readonly order: number;
  readonly step: Step;
  readonly cell: VariableCell;
  readonly source: Source;
}

/** A step whose kernel runs. */
export interface KernelItem {
  readonly kind: 'kernel';
  readonly order: number;
  readonly step: Step;
  /** What inputs are, where they are not plain slots. */
  readonly inputs: readonly (Placed | null)[];
  /** All that it reads, or looks at to see whether it runs. */
  readonly reads: readonly Source[];
  readonly outputs: readonly (Source | null)[];
  /** Whether it may keep what it is given: it gets copies. */
  readonly keeps: boolean;
  /** The variables that it may rewrite; `'all'` if there is no telling. */
  readonly written: readonly VariableCell[] | 'all';
}

/** What a program does at one place. */
export type Item = RegionItem | CallItem | CopyItem | KernelItem;
