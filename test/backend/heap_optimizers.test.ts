/** Updates on the wasm heap are those of the host within rounding, in place, and make 0 of what is tiny. */

import { expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { RunContext } from '../../src/backend/context.ts';
import { rules } from '../../src/backend/host/optimizer_rules.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { SmallPool } from '../../src/backend/small_pool.ts';
import { SessionState } from '../../src/backend/state.ts';
import { type BackendValue, handleValue, hostValue } from '../../src/backend/value.ts';
import { updateNames } from '../../src/compiler/updates.ts';
import { float32 } from '../../src/core/dtype.ts';
import type { Attrs } from '../../src/core/kernels.ts';

const SIZE = 5003;
const SCALARS: Readonly<Record<string, number>> = {
  alpha: 0.1,
  lr: 0.01,
  momentum: 0.9,
  rho: 0.9,
  epsilon: 1e-7,
  beta1: 0.9,
  beta2: 0.999,
  beta1_power: 0.81,
  beta2_power: 0.998,
};

/** Runs `steps` updates; returns the variable and its slots. */
function train(
  name: string,
  attrs: Attrs,
  where: 'host' | 'heap',
  gradient: (i: number, step: number) => number,
  steps = 3,
  scale = 1,
): Float32Array[] {
  const context = new RunContext(new SessionState(), heap, new SmallPool());
  const { slots, args } = rules[name]!;
  const make = (numbers: Float32Array): BackendValue =>
    where === 'heap' ? heap!.upload([SIZE], numbers) : hostValue(float32, [SIZE], numbers);
  const cells = slots.map((slot, s) => {
    const cell = context.variable('', slot, float32, [SIZE]);
    const start = (i: number) => (s === 0 ? Math.sin(i) : scale * Math.abs(Math.cos(i + s)));
    cell.adopt(make(Float32Array.from({ length: SIZE }, (_, i) => start(i))));
    return cell;
  });
  const kernel = kernelOf(`ResourceApply${name}`, where === 'heap' ? heap : null)!;
  for (let step = 0; step < steps; step++) {
    const grad = make(Float32Array.from({ length: SIZE }, (_, i) => gradient(i, step)));
    const others = args.map((arg) =>
      arg === 'grad' ? grad : hostValue(float32, [], Float32Array.of(SCALARS[arg]!)),
    );
    kernel([...cells.map((cell) => handleValue(float32, cell)), ...others], attrs, context);
    grad.release();
  }
  const results = cells.map((cell) => (cell.value!.data as Float32Array).slice());
  context.state_.clear();
  return results;
}

const CASES: [string, Attrs][] = [
  ...updateNames.map((name): [string, Attrs] => [name, {}]),
  ['Momentum', { use_nesterov: true }],
  ['Adam', { use_nesterov: true }],
  ['Adagrad', { update_slots: false }],
];

test.each(CASES)('%s %p', (name, attrs) => {
  const before = heap!.blocks;
  const gradient = (i: number, step: number) => Math.sin(i * 1.7 + step);
  const expected = train(name, attrs, 'host', gradient);
  const actual = train(name, attrs, 'heap', gradient);
  expected.forEach((numbers, s) => {
    numbers.forEach((value, i) => {
      expect(Math.abs(actual[s]![i]! - value)).toBeLessThanOrEqual(
        1e-6 * Math.max(1, Math.abs(value)),
      );
    });
  });
  expect(heap!.blocks).toBe(before);
});

test.each(['Adam', 'Momentum', 'RMSProp'])(
  '%s keeps NaN and flushes what is tiny',
  (name) => {
    const gradient = (i: number) => (i === 0 ? Number.NaN : 1e-41);
    const slots = train(name, {}, 'heap', gradient, 60, 1e-36).slice(1);
    for (const slot of slots) {
      expect(slot[0]).toBeNaN();
      expect(slot.slice(1).every((v) => v === 0 || Math.abs(v) >= 2 ** -126)).toBe(true);
    }
  },
  60_000,
);

test.each(['AssignAdd', 'AssignSub', 'AssignAddVariableOp', 'AssignSubVariableOp'])(
  '%s',
  (type) => {
    const before = heap!.blocks;
    const numbers = (phase: number) =>
      Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i + phase));
    const results = [null, heap].map((where) => {
      const context = new RunContext(new SessionState(), heap, new SmallPool());
      const make = (phase: number) =>
        where ? where.upload([SIZE], numbers(phase)) : hostValue(float32, [SIZE], numbers(phase));
      const cell = context.variable('', 'v', float32, [SIZE]);
      cell.adopt(make(0));
      const delta = make(1);
      kernelOf(type, where)!([handleValue(float32, cell), delta], {}, context);
      const result = (cell.value!.data as Float32Array).slice();
      delta.release();
      context.state_.clear();
      return result;
    });
    expect(results[1]).toEqual(results[0]);
    expect(heap!.blocks).toBe(before);
  },
);
