/**
 * How a specialised plan computes an op, by TensorFlow's op type: as part of a fused loop, as a call
 * with fixed addresses, or not at all, because the result is the input under another shape. What no
 * translation takes is computed by the op's kernel, which stays the meaning of all of them.
 */

import type { RegionNode } from '../../compiler/elementwise.ts';
import type { Activation } from '../../compiler/gemm.ts';
import type { Attrs } from '../../core/kernels.ts';
import type { Heap } from '../heap.ts';
import type { Described, Home, Place } from './place.ts';

export type { Activation } from '../../compiler/gemm.ts';
export type { Described, Place } from './place.ts';

/** An op with what is known of its inputs and outputs. Of an input that refers to a variable, the variable is described. */
export interface PlacedNode {
  readonly type: string;
  readonly attrs: Attrs;
  readonly inputs: readonly Described[];
  readonly outputs: readonly Described[];
}

/** What a run does at one step. All it needs it has. */
export type Command = () => void;

/** Output 0 has the numbers of an input. */
export interface Alias {
  readonly role: 'alias';
  readonly input: number;
}

/** A node of a fused loop over the elements of output 0; it may read only some inputs. */
export interface Elementwise {
  readonly role: 'elementwise';
  /** The op of the loop, which may be a simpler one. */
  readonly node: Pick<RegionNode, 'op' | 'value' | 'type'>;
  /** The inputs that it reads. */
  readonly args: readonly number[];
}

/** Nodes of fused loops that compute an op together. Values are numbered: inputs first, then nodes. */
export interface Expansion {
  readonly role: 'expansion';
  readonly nodes: readonly ExpandedNode[];
  /** The values that the outputs are. */
  readonly outputs: readonly number[];
}

/** One node of a loop over the elements of `shape`, in float32. */
export interface ExpandedNode {
  readonly node: Elementwise['node'];
  readonly args: readonly number[];
  readonly shape: readonly number[];
}

/** The handle of a variable, which the session has for as long as it is open. */
export interface VariableHandle {
  readonly role: 'variable';
}

/** The numbers of the variable that input 0 points to. */
export interface Read {
  readonly role: 'read';
}

/** A call with fixed addresses. */
export interface Call {
  readonly role: 'call';
  /** The inputs whose numbers it reads; others are known, or not needed. */
  readonly reads: readonly number[];
  /** The inputs that are variables which it rewrites in place. */
  readonly writes: readonly number[];
  /** Whether it does not go element by element, so that it may not read what it rewrites. */
  readonly isScattered?: boolean;
  /** Whether it may raise an error, so that it runs even if nobody wants its outputs. */
  readonly mayFail?: boolean;
  /** The bytes that it needs to work in; none by default. */
  readonly scratch?: number;
  /**
   * Makes the command. Places are those of all inputs and outputs; an unread input's has no home of its
   * own. What is at `scratch` is lost between two runs.
   */
  readonly emit: (
    inputs: readonly Place[],
    outputs: readonly Place[],
    heap: Heap,
    scratch: Home,
  ) => Command;
  /**
   * The same followed by the sum with a row, as long as the last dimension of the output, and an
   * activation. The row is one more input, behind all others.
   */
  readonly withEpilogue?: (activation: Activation) => Call;
}

/** What a specialised plan does for an op. */
export type Translation = Alias | Elementwise | Expansion | VariableHandle | Read | Call;
type Translate = (node: PlacedNode) => Translation | null;

const translations = new Map<string, Translate>();
const takingEmpty = new Set<string>();

/** Registers how op `type` is computed at places; `null` for a node that its kernel has to compute. */
export function placed(type: string, translate: Translate): void {
  if (translations.has(type)) throw new Error(`Op '${type}' is translated twice.`);
  translations.set(type, translate);
}

/**
 * Says that translations of `types` take inputs without elements that are constants, and outputs without
 * elements. Others never see such nodes.
 */
export function takesEmpty(...types: readonly string[]): void {
  for (const type of types) takingEmpty.add(type);
}

/** Whether translations of `type` take what is empty. */
export function mayBeEmpty(type: string): boolean {
  return takingEmpty.has(type);
}

/** The translation of `node`, if it has one. */
export function translationOf(node: PlacedNode): Translation | null {
  return translations.get(node.type)?.(node) ?? null;
}
