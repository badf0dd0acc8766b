/**
 * Gradients of calls of functions: the body is built again where the gradient is built, as a
 * conditional or a loop where the op is one, and differentiated there.
 */

import { sameDims } from '../core/dims.ts';
import { bool } from '../core/dtype.ts';
import { NotFoundError } from '../core/errors.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import { currentMode, nameScope } from '../core/mode.ts';
import type { AnyRule } from '../core/op.ts';
import { TensorShape } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { isTrainable } from '../gradients/backprop.ts';
import { gradients } from '../gradients/gradients.ts';
import {
  type FunctionAttr,
  type GraphFunction,
  registerCallRule,
} from '../graph/function_graph.ts';
import type { Graph } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { cast } from '../ops/cast.ts';
import {
  For,
  If,
  PartitionedCall,
  StatefulPartitionedCall,
  StatelessIf,
  StatelessWhile,
  While,
} from '../ops/functional.ts';
import { identity } from '../ops/shape.ts';
import { cond } from './cond.ts';
import { while_loop } from './while_loop.ts';

/** The function `name` of the current graph. */
function functionNamed(name: string): GraphFunction {
  const found = (currentMode() as Graph)._functions.get(name);
  if (found) return found;
  throw new NotFoundError(null, null, `Function ${name} is not defined.`);
}

const named = (attr: unknown): GraphFunction => functionNamed((attr as FunctionAttr).name);

/** Builds the body of `f` in the current graph, on `inputs`; returns its results. */
export function inlined(f: GraphFunction, inputs: readonly Tensor[]): Tensor[] {
  const hasLoops = f.graph._operations.some(({ declaration }) => declaration.control);
  if (hasLoops && f.retrace) {
    return [...f.retrace(inputs.slice(0, inputs.length - f.captured.length))];
  }
  const graph = currentMode() as Graph;
  const made = new Map<SymbolicTensor, Tensor>(f.inputs.map((input, i) => [input, inputs[i]!]));
  const done = new Set<Operation>();
  for (const operation of f.graph._operations) copy(graph, operation, made, done);
  return f.outputs.map((output) => made.get(output)!);
}

/** Copies `operation`, after what it reads, unless it is an argument or copied already. */
function copy(
  graph: Graph,
  operation: Operation,
  made: Map<SymbolicTensor, Tensor>,
  done: Set<Operation>,
): void {
  if (done.has(operation) || made.has(operation.outputs[0]!)) return;
  done.add(operation);
  for (const { op } of operation.inputs) copy(graph, op, made, done);
  const inputs = operation.inputs.map((input) => made.get(input)!);
  const node = graph.apply(operation.declaration, inputs, operation.attrs, operation.name);
  operation.outputs.forEach((output, i) => {
    made.set(output, node.outputs[i]!);
  });
}

/**
 * dL/d`inputs` from dL/d of what `build` makes of them: one per input. The body gets copies of the
 * inputs, so that one that is given twice, or depends on another, has a gradient for each place. @internal
 */
export function through(
  inputs: readonly Tensor[],
  dys: readonly (Tensor | null)[],
  build: (inputs: readonly Tensor[]) => readonly Tensor[],
): (Tensor | IndexedSlices | null)[] {
  return nameScope('gradients', '', (scope) => {
    const given = inputs.map((input) =>
      isTrainable(input) && input.dtype.is_numpy_compatible ? identity(input) : input,
    );
    const outputs = build(given);
    const used = outputs.map((_, i) => i).filter((i) => dys[i] && isTrainable(outputs[i]!));
    const sources = given.filter(isTrainable);
    if (used.length === 0 || sources.length === 0) return inputs.map(() => null);
    const found = gradients(
      used.map((i) => outputs[i]!),
      sources,
      used.map((i) => identity(dys[i]!)),
      { stop_gradients: sources, name: scope },
    );
    return given.map((input) => {
      const at = sources.indexOf(input);
      return at < 0 ? null : found[at]!;
    });
  });
}

/** The gradient of an operation whose type is the name of a function. */
export const callRule: AnyRule = (inputs, dys, _attrs, outputs) => {
  const names = Object.keys(inputs as object);
  const flat = Object.values(inputs as Record<string, Tensor>);
  const [first] = Object.values(outputs as Record<string, Tensor>);
  const f = functionNamed(first!.op.type);
  const given = dys as readonly (Tensor | null)[];
  const dxs = f.gradientName
    ? stated(f.gradientName, flat, given)
    : through(flat, given, (args) => inlined(f, args));
  return Object.fromEntries(names.map((name, i) => [name, dxs[i] ?? null]));
};

registerCallRule(callRule);

/** What the function that was stated as the gradient gives. */
function stated(
  name: string,
  inputs: readonly Tensor[],
  dys: readonly (Tensor | null)[],
): readonly Tensor[] {
  const gradient = functionNamed(name);
  const result = PartitionedCall(
    { args: [...inputs, ...dys.map((dy) => dy!), ...gradient.captured] },
    { f: { name }, Tout: gradient.outputs.map(({ dtype }) => dtype) },
  );
  return result as unknown[] as Tensor[];
}

PartitionedCall.gradient(({ args }, [dys], { f }) => ({
  args: through(args, dys, (given) => inlined(named(f), given)),
}));
StatefulPartitionedCall.gradient(({ args }, [dys], { f }) => ({
  args: through(args, dys, (given) => inlined(named(f), given)),
}));

function branchGradients(
  pred: Tensor,
  inputs: readonly Tensor[],
  dys: readonly Tensor[],
  [whenTrue, whenFalse]: readonly [unknown, unknown],
): (Tensor | IndexedSlices | null)[] {
  const truth = pred.dtype === bool ? pred : cast(pred, bool);
  return through(inputs, dys, (given) =>
    listOf(
      cond(
        truth,
        () => inlined(named(whenTrue), given),
        () => inlined(named(whenFalse), given),
      ),
    ),
  );
}

const listOf = (value: unknown): readonly Tensor[] =>
  (Array.isArray(value) ? value : [value]) as readonly Tensor[];

If.gradient(({ cond: pred, input }, [dys], { then_branch, else_branch }) => ({
  cond: null,
  input: branchGradients(pred, input, dys, [then_branch, else_branch]),
}));
StatelessIf.gradient(({ cond: pred, input }, [dys], { then_branch, else_branch }) => ({
  cond: null,
  input: branchGradients(pred, input, dys, [then_branch, else_branch]),
}));

/** A loop of the graph that does what the functions do. */
function looped(
  inputs: readonly Tensor[],
  test: (values: readonly Tensor[]) => Tensor,
  body: (values: readonly Tensor[]) => readonly Tensor[],
  shapes: readonly TensorShape[],
): readonly Tensor[] {
  const result = while_loop(
    (...values: unknown[]) => test(values as Tensor[]),
    (...values: unknown[]) => [...body(values as Tensor[])],
    [...inputs],
    { shape_invariants: [...shapes] },
  );
  return listOf(result);
}

/** What is sure of the shapes of a loop's values. */
function invariants(inputs: readonly Tensor[], outputs: readonly Tensor[]): TensorShape[] {
  return inputs.map(({ dims, shape }, i) =>
    sameDims(dims, outputs[i]!.dims) ? shape : TensorShape.of(null),
  );
}

function loopGradients(
  inputs: readonly Tensor[],
  dys: readonly Tensor[],
  test: GraphFunction,
  body: GraphFunction,
): (Tensor | IndexedSlices | null)[] {
  return through(inputs, dys, (given) =>
    looped(
      given,
      (values) => inlined(test, values)[0]!,
      (values) => inlined(body, values),
      invariants(inputs, body.outputs),
    ),
  );
}

While.gradient(({ input }, [dys], { cond: test, body }) => ({
  input: loopGradients(input, dys, named(test), named(body)),
}));
StatelessWhile.gradient(({ input }, [dys], { cond: test, body }) => ({
  input: loopGradients(input, dys, named(test), named(body)),
}));

For.gradient(({ start, limit, delta, input }, [dys], { body }) => {
  const f = named(body);
  const dxs = through(input, dys, (given) =>
    looped(
      [start, ...given],
      ([i]) => i!.subtract(limit).multiply(delta).less(0),
      ([i, ...values]) => [i!.add(delta), ...inlined(f, [i!, ...values])],
      [start.shape, ...invariants(input, f.outputs)],
    ).slice(1),
  );
  return { start: null, limit: null, delta: null, input: dxs };
});
