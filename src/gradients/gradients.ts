/** `tf.gradients`: symbolic derivatives, added to the graph. */

import { toTensor } from '../core/convert.ts';
import { compatible, sizeOf } from '../core/dims.ts';
import { RuntimeError, ValueError } from '../core/errors.ts';
import { withGradientSource } from '../core/gradient_source.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { colocateWith, executing_eagerly, nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { fill, reshape, shape, zeros_like } from '../ops/array.ts';
import { constant } from '../ops/constant.ts';
import { stack } from '../ops/join.ts';
import { Adjoints, backprop, isTrainable, type Walk } from './backprop.ts';
import { backpropControl } from './control.ts';

/** How gradients are summed. All methods give the same sum here. */
export const AggregationMethod = {
  ADD_N: 0,
  DEFAULT: 0,
  EXPERIMENTAL_TREE: 1,
  EXPERIMENTAL_ACCUMULATE_N: 2,
} as const;

/** A tensor, a variable or a list of them. */
type OneOrMore = TensorLike | readonly TensorLike[];

const listOf = (values: OneOrMore): readonly TensorLike[] =>
  Array.isArray(values) ? (values as readonly TensorLike[]) : [values as TensorLike];

/**
 * Symbolic derivatives of the sum of `ys` with respect to each of `xs`: a list of tensors (or
 * IndexedSlices), `null` where `ys` do not depend on it. `grad_ys` weigh the `ys`; gradients do not
 * pass `stop_gradients`. RuntimeError in eager mode, where `tf.GradientTape` does this.
 */
export const gradients = fn(
  [
    'ys',
    'xs',
    'grad_ys',
    'name',
    'colocate_gradients_with_ops',
    'gate_gradients',
    'aggregation_method',
    'stop_gradients',
  ],
  (
    ys: OneOrMore,
    xs: OneOrMore,
    grad_ys: OneOrMore | readonly (TensorLike | null)[] | null = null,
    name: Name = 'gradients',
    colocate_gradients_with_ops: boolean = false,
    _gate_gradients: boolean = false,
    _aggregation_method: number | null = null,
    stop_gradients: OneOrMore | null = null,
  ): (Tensor | IndexedSlices | null)[] => {
    if (executing_eagerly()) {
      throw new RuntimeError(
        'tf.gradients not supported when eager execution is enabled. Use tf.contrib.eager.GradientTape instead.',
      );
    }
    const closing: (() => void)[] = [];
    const result = nameScope(name, 'gradients', (scope) => {
      const targets = listOf(ys).map((y) => toTensor(y) as SymbolicTensor);
      const sources = listOf(xs).map(sourceTensor);
      const stops = stop_gradients === null ? [] : listOf(stop_gradients).map(sourceTensor);
      const seeds = seedsOf(
        targets,
        grad_ys === null ? null : (listOf(grad_ys as OneOrMore) as readonly (TensorLike | null)[]),
      );
      const settings = { stops, colocate: colocate_gradients_with_ops, closing };
      return withGradientSource(scope.slice(0, -1), () =>
        differentiate(targets, sources, seeds, settings),
      );
    });
    for (const close of closing) close();
    return result;
  },
);

/** The tensor that a source's gradient arrives at: for a variable its reference or handle. */
function sourceTensor(x: TensorLike): SymbolicTensor {
  const tensor =
    x instanceof Operand && !(x instanceof IndexedSlices)
      ? x._toTensor(null, null, true)
      : toTensor(x);
  return tensor as SymbolicTensor;
}

function seedsOf(
  ys: readonly SymbolicTensor[],
  grad_ys: readonly (TensorLike | null)[] | null,
): Tensor[] {
  if (grad_ys && grad_ys.length !== ys.length) {
    throw new ValueError(`Passed ${grad_ys.length} grad_ys for ${ys.length} ys`);
  }
  return ys.map((y, i) => {
    const given = grad_ys?.[i] ?? null;
    const base = y.dtype.base_dtype;
    if (given === null) {
      if (base.is_complex) {
        throw new TypeError(`Gradients of complex tensors must set grad_ys (y.dtype = ${base})`);
      }
      return fill(shape(y), constant(1, base, { name: `grad_ys_${i}` }));
    }
    const seed = toTensor(given, base, `grad_ys_${i}`);
    if (!compatible(seed.dims, y.dims)) {
      throw new ValueError(`Shapes ${seed.shape} and ${y.shape} are not compatible`);
    }
    return seed;
  });
}

/** What `tf.gradients` was asked for beyond its targets and sources. */
interface Settings {
  /** Tensors that no gradient passes. */
  readonly stops: readonly SymbolicTensor[];
  /** Whether what is made is placed with what it is the gradient of. */
  readonly colocate: boolean;
  /** Takes what is to be done when all is built, outside of the name scope. */
  readonly closing: (() => void)[];
}

function differentiate(
  ys: readonly SymbolicTensor[],
  xs: readonly SymbolicTensor[],
  seeds: readonly Tensor[],
  { stops, colocate, closing }: Settings,
): (Tensor | IndexedSlices | null)[] {
  const reached = reachedFrom(xs);
  const adjoints = new Adjoints();
  ys.forEach((y, i) => {
    adjoints.add(y, seeds[i]!);
  });
  const stopped = new Set<Node>(stopOperations(xs, stops, reached));
  const walk: Walk = {
    wanted: (tensor) => reached.tensors.has(tensor as SymbolicTensor) && isTrainable(tensor),
    stops: (node) => stopped.has(node),
    around: (node, body) =>
      nameScope(`${node.name}_grad`, '', () =>
        (node as Operation).graph._gradientOf(node as Operation, () =>
          colocate ? colocateWith(node.outputs[0]!, body) : body(),
        ),
      ),
  };
  const found = between(ys, new Set([...reached.operations, ...xs.map((x) => x.op)]));
  if ([...found].some(({ declaration }) => declaration.control !== undefined)) {
    const stopped = new Set<Node>(stops.map((tensor) => tensor.op));
    const given = { ys, xs, between: found, stopped, colocate, around: walk.around };
    closing.push(backpropControl(given, adjoints));
  } else {
    const latestFirst = [...found].sort((a, b) => b._id - a._id);
    backprop(latestFirst, adjoints, walk);
  }
  return xs.map((x) => adjoints.sum(x) as Tensor | IndexedSlices | null);
}

interface Reached {
  readonly tensors: Set<SymbolicTensor>;
  readonly operations: Set<Operation>;
}

/** What depends on `xs`. */
function reachedFrom(xs: readonly SymbolicTensor[]): Reached {
  const tensors = new Set(xs);
  const operations = new Set<Operation>();
  const pending = [...xs];
  for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
    for (const consumer of tensor._consumers) {
      if (operations.has(consumer)) continue;
      operations.add(consumer);
      for (const output of consumer.outputs) {
        if (!isTrainable(output)) continue;
        tensors.add(output);
        pending.push(output);
      }
    }
  }
  return { tensors, operations };
}

/** The reached operations that `ys` depend on, nearest first. */
function between(ys: readonly SymbolicTensor[], reached: ReadonlySet<Operation>): Set<Operation> {
  const found = new Set(ys.map((y) => y.op).filter((operation) => reached.has(operation)));
  for (const operation of found) {
    for (const { op } of operation.inputs) if (reached.has(op)) found.add(op);
  }
  return found;
}

/** Operations at which gradients end: those that make a stopped tensor, and those of sources that depend on no other source. */
function stopOperations(
  xs: readonly SymbolicTensor[],
  stops: readonly SymbolicTensor[],
  { operations }: Reached,
): Operation[] {
  const ends = xs.map((x) => x.op).filter((operation) => !operations.has(operation));
  return [...ends, ...stops.map((tensor) => tensor.op)];
}

/** Second derivatives of the sum of `ys` by each of `xs`: for a vector of length n an [n, n] matrix. */
export const hessians = fn(
  ['ys', 'xs', 'name', 'colocate_gradients_with_ops', 'gate_gradients', 'aggregation_method'],
  (
    ys: OneOrMore,
    xs: OneOrMore,
    name: Name = 'hessians',
    colocate_gradients_with_ops: boolean = false,
    gate_gradients: boolean = false,
    aggregation_method: number | null = null,
  ): Tensor[] => {
    const sources = listOf(xs).map((x) => toTensor(x));
    const firsts = gradients(
      ys,
      sources,
      null,
      name,
      colocate_gradients_with_ops,
      gate_gradients,
      aggregation_method,
    );
    return firsts.map((first, i) => hessian(first, sources[i]!));
  },
);

/** The rows of a Hessian, one gradient per element of `first`, put together. */
function hessian(first: Tensor | IndexedSlices | null, x: Tensor): Tensor {
  const { dims } = x;
  const size = sizeOf(dims);
  if (first === null || dims === null || size === null) {
    throw new ValueError(
      `Cannot compute the Hessian with respect to ${x}: its size must be known.`,
    );
  }
  const flat = reshape(first._toTensor(), [-1]);
  const rows = Array.from({ length: size }, (_, i) => {
    const [row] = gradients(flat.at(i), x);
    return row === null || row === undefined ? zeros_like(x) : row._toTensor();
  });
  return reshape(stack(rows), [...(dims as number[]), ...(dims as number[])]);
}
