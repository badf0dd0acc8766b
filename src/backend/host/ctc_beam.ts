/**
 * Prefix beam search over the outputs of connectionist temporal classification: the label prefixes
 * form a tree, of which the most probable nodes are kept from step to step (Graves' thesis, 7.5).
 */

import { logAdd } from './log_domain.ts';

/** A prefix of labels. Probabilities are logarithms: of ending in a label, in a blank, in either. */
class Prefix {
  readonly parent: Prefix | null;
  readonly label: number;
  /** After this step. */
  ending = -Infinity;
  blank = -Infinity;
  total = -Infinity;
  /** After the step before. */
  pastBlank = -Infinity;
  pastTotal = -Infinity;
  private readonly children = new Map<number, Prefix>();

  constructor(parent: Prefix | null, label: number) {
    this.parent = parent;
    this.label = label;
  }

  child(label: number): Prefix {
    let child = this.children.get(label);
    if (!child) {
      child = new Prefix(this, label);
      this.children.set(label, child);
    }
    return child;
  }

  /** The probability that a step adds `label` here: after itself only past a blank. */
  before(label: number): number {
    return label === this.label ? this.pastBlank : this.pastTotal;
  }

  forget(): void {
    this.ending = -Infinity;
    this.blank = -Infinity;
    this.total = -Infinity;
  }

  /** The labels from the root on, equal neighbours once if `merge`. */
  labels(merge: boolean): number[] {
    const labels: number[] = [];
    for (let at: Prefix | null = this; at?.parent; at = at.parent) {
      if (!merge || labels.length === 0 || at.label !== labels.at(-1)) labels.push(at.label);
    }
    return labels.reverse();
  }
}

/** The most probable prefixes, best first, at most `width`. */
class Beam {
  private readonly width: number;
  private leaves: Prefix[] = [];

  constructor(width: number) {
    this.width = width;
  }

  takes({ total }: { readonly total: number }): boolean {
    const isFull = this.leaves.length >= this.width;
    return total > -Infinity && (!isFull || total > this.leaves.at(-1)!.total);
  }

  push(leaf: Prefix): void {
    if (this.leaves.length === this.width) this.leaves.pop()?.forget();
    let [low, high] = [0, this.leaves.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.leaves[middle]!.total >= leaf.total) low = middle + 1;
      else high = middle;
    }
    this.leaves.splice(low, 0, leaf);
  }

  /** Takes everything out. */
  extract(): Prefix[] {
    const { leaves } = this;
    this.leaves = [];
    return leaves;
  }
}

/** Stays at a prefix for one step: with its last label, or with a blank. */
function stay(leaf: Prefix, logs: Float64Array): void {
  const { parent, label } = leaf;
  if (parent !== null) {
    if (parent.total > -Infinity) leaf.ending = logAdd(leaf.ending, parent.before(label));
    leaf.ending += logs[label]!;
  }
  leaf.blank = leaf.pastTotal + logs.at(-1)!;
  leaf.total = logAdd(leaf.blank, leaf.ending);
}

function grow(leaf: Prefix, logs: Float64Array, beam: Beam): void {
  for (let label = 0; label < logs.length - 1; label++) {
    const child = leaf.child(label);
    if (child.total > -Infinity) continue;
    child.blank = -Infinity;
    child.ending = logs[label]! + leaf.before(label);
    child.total = child.ending;
    if (beam.takes(child)) beam.push(child);
    else child.forget();
  }
}

/** The prefixes that a beam of `width` holds after all steps of `[steps, classes]` log probabilities. */
export function bestPrefixes(logs: Float64Array, classes: number, width: number): Prefix[] {
  const root = new Prefix(null, -1);
  root.blank = 0;
  root.total = 0;
  const beam = new Beam(width);
  beam.push(root);
  for (let at = 0; at < logs.length; at += classes) {
    const row = logs.subarray(at, at + classes);
    const leaves = beam.extract();
    for (const leaf of leaves) {
      leaf.pastBlank = leaf.blank;
      leaf.pastTotal = leaf.total;
    }
    for (const leaf of leaves) {
      stay(leaf, row);
      beam.push(leaf);
    }
    for (const leaf of leaves) if (beam.takes({ total: leaf.pastTotal })) grow(leaf, row, beam);
  }
  return beam.extract();
}
