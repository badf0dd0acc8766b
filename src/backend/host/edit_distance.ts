/** Host kernel of Levenshtein distances, by dynamic programming over one row at a time. */

import { elementWidth, float32 } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, shapeText, stridesOf } from './box.ts';
import { numbersOf } from './numeric.ts';

/** The sequences of a sparse tensor, by their place among the groups of the output. */
function sequences(
  [indices, values, shape]: readonly [Value, Value, Value],
  groups: readonly number[],
  name: string,
): Map<number, string[]> {
  const size = ints(shape);
  const rank = size.length;
  if (indices.shape.length !== 2 || indices.shape[1] !== rank) {
    invalid(
      `${name}_indices should be a matrix of ${rank} columns, but got shape: ${shapeText(indices.shape)}`,
    );
  }
  if (values.shape.length !== 1 || values.size !== indices.shape[0]) {
    invalid(
      `${name}_values should be a vector of ${indices.shape[0]} elements, but got shape: ${shapeText(values.shape)}`,
    );
  }
  const strides = stridesOf(groups);
  const places = numbersOf(indices);
  const width = elementWidth(values.dtype);
  const found = new Map<number, string[]>();
  for (let i = 0; i < values.size; i++) {
    let group = 0;
    for (let d = 0; d < rank; d++) {
      const place = places[i * rank + d]!;
      if (!(place >= 0 && place < size[d]!)) {
        invalid(`${name}_indices[${i}] is out of bounds: need 0 <= index < ${shapeText(size)}`);
      }
      if (d < rank - 1) group += place * strides[d]!;
    }
    const one = values.data.slice(i * width, (i + 1) * width) as ArrayLike<unknown>;
    const text = String(Array.from(one));
    const list = found.get(group);
    if (list) list.push(text);
    else found.set(group, [text]);
  }
  return found;
}

function distance(from: readonly string[], to: readonly string[]): number {
  let row = Uint32Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 0; i < from.length; i++) {
    const next = new Uint32Array(to.length + 1);
    next[0] = i + 1;
    for (let j = 0; j < to.length; j++) {
      const changed = row[j]! + (from[i] === to[j] ? 0 : 1);
      next[j + 1] = Math.min(changed, row[j + 1]! + 1, next[j]! + 1);
    }
    row = next;
  }
  return row[to.length]!;
}

kernel('EditDistance', (inputs, { normalize }, context) => {
  const [hi, hv, hs, ti, tv, ts] = inputs as [Value, Value, Value, Value, Value, Value];
  const [a, b] = [ints(hs), ints(ts)];
  if (a.length !== b.length) {
    invalid(
      `Expected hypothesis_shape.num_elements == truth_shape.num_elements, got: ${a.length} and ${b.length}`,
    );
  }
  if (a.length < 2) invalid(`Input tensors must have rank >= 2, but got: ${a.length}`);
  const groups = a.slice(0, -1).map((size, i) => Math.max(size, b[i]!));
  const ours = sequences([hi, hv, hs], groups, 'hypothesis');
  const theirs = sequences([ti, tv, ts], groups, 'truth');
  const out = context.alloc(float32, groups);
  const y = numbersOf(out);
  y.fill(0);
  for (const group of new Set([...ours.keys(), ...theirs.keys()])) {
    const [from, to] = [ours.get(group) ?? [], theirs.get(group) ?? []];
    const steps = distance(from, to);
    y[group] = normalize ? steps / to.length : steps;
  }
  return out;
});
