/** Calls of functions: the context runs a function's body, these say which and how often. */

import { gradientOf, type Kernel, type KernelContext, type Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { invalid, scalar, shapeText } from './box.ts';

/** The name in a `func` attribute. */
const nameOf = (value: unknown): string => (value as { readonly name: string }).name;

const call: Kernel = (inputs, { f }, context) => context.callFunction(nameOf(f), inputs);
kernel('PartitionedCall', call);
kernel('StatefulPartitionedCall', call);

kernel('SymbolicGradient', (inputs, { f }, context) =>
  context.callFunction(gradientOf(nameOf(f)), inputs),
);

/** Whether TensorFlow takes a value for true: a number that is not zero, a text or an array that is not empty. */
function isTrue(value: Value): boolean {
  if (value.shape.length > 0) return value.size > 0;
  const [first] = value.data as ArrayLike<unknown> as [unknown];
  return typeof first === 'object' || typeof first === 'string'
    ? (first as { readonly length: number }).length > 0
    : Number(first) !== 0;
}

const conditional: Kernel = ([cond, ...inputs], { then_branch, else_branch }, context) =>
  context.callFunction(nameOf(isTrue(cond!) ? then_branch : else_branch), inputs);
kernel('If', conditional);
kernel('StatelessIf', conditional);

const choice: Kernel = ([index, ...inputs], attrs, context) => {
  const branches = attrs.branches as readonly unknown[];
  const asked = scalar(index!);
  const taken = asked < 0 || asked >= branches.length ? branches.length - 1 : asked;
  return context.callFunction(nameOf(branches[taken]), inputs);
};
kernel('Case', choice);
kernel('StatelessCase', choice);

/** Calls `step` on the values of a loop until it gives `null`; frees those in between. */
function repeat(
  inputs: readonly Value[],
  context: KernelContext,
  step: (values: readonly Value[]) => readonly Value[] | null,
): readonly Value[] {
  let values: readonly Value[] = inputs.map((value) => context.view(value, value.shape));
  try {
    for (;;) {
      const next = step(values);
      if (next === null) return values;
      release(values);
      values = next;
    }
  } catch (error) {
    release(values);
    throw error;
  }
}

function release(values: readonly Value[]): void {
  for (const value of values) (value as BackendValue).release();
}

const loop: Kernel = (inputs, { cond, body }, context) =>
  repeat(inputs, context, (values) => {
    const [goesOn] = context.callFunction(nameOf(cond), values);
    const isDone = !isTrue(goesOn!);
    (goesOn as BackendValue).release();
    return isDone ? null : context.callFunction(nameOf(body), values);
  });
kernel('While', loop);
kernel('StatelessWhile', loop);

kernel('For', ([start, limit, delta, ...inputs], { body }, context) => {
  for (const [name, value] of Object.entries({ start, limit, delta })) {
    if (value!.shape.length > 0)
      invalid(`${name} must be a scalar, but got shape ${shapeText(value!.shape)}`);
  }
  const [end, by] = [scalar(limit!), scalar(delta!)];
  if (by === 0) invalid('delta must be non-zero');
  let i = scalar(start!);
  return repeat(inputs, context, (values) => {
    if (by > 0 ? i >= end : i <= end) return null;
    const index = context.wrap(start!.dtype, [], Int32Array.of(i));
    i += by;
    return context.callFunction(nameOf(body), [index, ...values]);
  });
});
