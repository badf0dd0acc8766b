/** `tf.while_loop`: repeats a body while a condition holds, both by values that are known when the graph runs. */

import { pythonText } from '../core/call.ts';
import { toTensor } from '../core/convert.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError, withHint } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { controlDependencies, currentMode, executing_eagerly, nameScope } from '../core/mode.ts';
import {
  assertSameStructure,
  flatten,
  isComposite,
  isNested,
  leavesOf,
  mapLeaves,
  packAs,
} from '../core/nest.ts';
import { Operand } from '../core/operand.ts';
import { as_shape, TensorShape } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Dims, Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import type { Graph } from '../graph/graph.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { logical_and } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { LoopCond } from '../ops/control_nodes.ts';
import { isTrue } from './cond.ts';
import type { Context } from './context.ts';
import { entered, exited, merged, nextIteration, passed, switched } from './nodes.ts';
import type { WhileLoop } from './results.ts';
import { isInvariant, WhileContext } from './while_context.ts';

type Call = (...vars: unknown[]) => unknown;

const whileLoop: unknown = fn(
  [
    'cond',
    'body',
    'loop_vars',
    'shape_invariants',
    'parallel_iterations',
    'back_prop',
    'swap_memory',
    'name',
    'maximum_iterations',
  ],
  (
    cond: Call,
    body: Call,
    loop_vars: readonly unknown[],
    shape_invariants: unknown = null,
    parallel_iterations: number = 10,
    back_prop: boolean = true,
    swap_memory: boolean = false,
    name: Name = null,
    maximum_iterations: TensorLike | null = null,
  ): unknown => {
    checkArguments(cond, body, loop_vars, parallel_iterations);
    const loop = { cond, body, variables: loop_vars, invariants: shape_invariants };
    const settings = {
      parallelIterations: parallel_iterations,
      backProp: back_prop,
      swapMemory: swap_memory,
    };
    return nameScope(name, 'while', () => {
      if (executing_eagerly()) return eagerly(loop, maximum_iterations);
      if (maximum_iterations === null) return build(loop, settings);
      return buildLimited(loop, settings, maximum_iterations);
    });
  },
);

/**
 * Repeats `body` while `cond` holds; both take the loop variables, and `body` returns their next
 * values in the same nesting. The result is the last values, a single one alone. What a variable's
 * shape may be in any iteration is its first shape, unless `shape_invariants` says less of it. A
 * gradient keeps what it needs of every iteration, unless `back_prop` is `false`.
 * `maximum_iterations` ends the loop at the latest. Eagerly, calls the functions in turn.
 */
export const while_loop = whileLoop as WhileLoop;

interface Loop {
  readonly cond: Call;
  readonly body: Call;
  readonly variables: readonly unknown[];
  readonly invariants: unknown;
}

type Settings = ConstructorParameters<typeof WhileContext>[1];

function checkArguments(
  cond: unknown,
  body: unknown,
  variables: unknown,
  parallel_iterations: number,
): void {
  if (typeof cond !== 'function') throw new TypeError('cond must be callable.');
  if (typeof body !== 'function') throw new TypeError('body must be callable.');
  if (parallel_iterations < 1) {
    throw new TypeError('parallel_iterations must be a positive integer.');
  }
  if (!Array.isArray(variables)) {
    throw new TypeError(
      withHint('loop_vars must be a list.', 'Write [x] for a single loop variable.'),
    );
  }
  if (variables.length === 0) throw new ValueError('No loop variables provided');
}

// ---- eager -------------------------------------------------------------------------------------

function eagerly({ cond, body, variables }: Loop, maximum_iterations: TensorLike | null): unknown {
  const limit =
    maximum_iterations === null
      ? Number.POSITIVE_INFINITY
      : Number(toTensor(maximum_iterations).constant!.data[0]);
  const single = variables.length === 1;
  let current = variables;
  let alone = false;
  for (let i = 0; i < limit && isTrue(cond(...current) as TensorLike); i++) {
    const next = body(...current);
    alone = single && !Array.isArray(next);
    current = alone ? [next] : (next as unknown[]);
    assertSameStructure([...variables], [...current]);
  }
  const result = mapLeaves(
    (leaf) => (isComposite(leaf) ? leaf : toTensor(leaf as TensorLike)),
    [...current],
  ) as unknown[];
  return single ? result[0] : result;
}

// ---- graphs ------------------------------------------------------------------------------------

/** A loop that also counts, up to `maximum_iterations`. */
function buildLimited(loop: Loop, settings: Settings, maximum_iterations: TensorLike): unknown {
  const preferred = maximum_iterations instanceof Operand ? null : int32;
  const limit = toTensor(maximum_iterations, preferred, 'maximum_iterations') as SymbolicTensor;
  if (limit.dims?.length !== 0) {
    throw new ValueError(`maximum_iterations must be a scalar, saw shape: ${limit.shape}`);
  }
  const counter = constant(0, limit.dtype, { name: 'iteration_counter' });
  const { cond, body, variables, invariants } = loop;
  const single = variables.length === 1;
  const spread = (f: Call, inner: unknown): unknown =>
    single ? f(inner) : f(...(inner as unknown[]));
  const limited: Loop = {
    cond: (i, inner) => {
      const isWithin = (i as Tensor).less(limit);
      return logical_and(isWithin, spread(cond, inner) as TensorLike);
    },
    body: (i, inner) => {
      const next = (i as Tensor).add(1);
      const result = spread(body, inner);
      const isListed = single && !isNested(variables[0]) && Array.isArray(result);
      return [next, isListed ? result[0] : result];
    },
    variables: [counter, single ? variables[0] : variables],
    invariants: invariants && [
      new TensorShape([]),
      single ? (invariants as unknown[])[0] : invariants,
    ],
  };
  const result = build(limited, { ...settings, maximumIterations: limit }) as unknown[];
  return result[1];
}

function build(loop: Loop, settings: Settings): unknown {
  const graph = currentMode() as Graph;
  const context = new WhileContext(graph, settings);
  if (context.outer === null) graph.add_to_collection(GraphKeys.WHILE_CONTEXT, context);
  const variables = mapLeaves(asVariable, [...loop.variables]);
  const built = new LoopBuilder(context, { ...loop, variables: variables as unknown[] });
  const result = built.result(context.within(() => built.build()));
  return (result as unknown[]).length === 1 ? (result as unknown[])[0] : result;
}

/** A loop variable as it enters: a tensor, or what is made of tensors. */
function asVariable(leaf: unknown): unknown {
  return isComposite(leaf) ? leaf : toTensor(leaf as TensorLike);
}

/** Builds one loop. */
class LoopBuilder {
  private readonly context: WhileContext;
  private readonly graph: Graph;
  private readonly loop: Loop;
  private readonly flat: readonly SymbolicTensor[];
  private readonly shapes: readonly TensorShape[] | null;
  /** What the body returned. */
  private returned: unknown = null;

  constructor(context: WhileContext, loop: Loop) {
    this.context = context;
    this.graph = context.graph;
    this.loop = loop;
    this.flat = flatten(loop.variables) as SymbolicTensor[];
    this.shapes = loop.invariants === null ? null : invariantsOf(loop);
  }

  /** The nesting of the loop variables with `tensors` in it, as arguments. */
  private pack(tensors: readonly SymbolicTensor[]): unknown[] {
    return packAs(this.loop.variables, tensors) as unknown[];
  }

  /** The last values in the nesting that the body returned. */
  result(exits: readonly SymbolicTensor[]): unknown {
    return packAs(this.returned, exits);
  }

  build(): SymbolicTensor[] {
    const { context } = this;
    const enters = this.enterAll();
    const merges = enters.map((enter) => merged([enter, enter]));
    context.pivotForPred = merges[0]!;
    const goesOn = toTensor(this.loop.cond(...this.pack(merges)) as TensorLike);
    context.pivot = LoopCond({ input: goesOn }) as SymbolicTensor;
    const sides = merges.map((merge) => switched(merge, context.pivot!));
    const inside = sides.map(([, going]) => passed(going));
    context.pivotForBody = inside[0]!;
    const nexts = this.runBody(inside);
    merges.forEach((merge, i) => {
      this.close(merge, nexts[i]!);
    });
    const exits = sides.map(([ended]) => exited(ended));
    context.loopExits = exits;
    context.exitResult(exits);
    return exits;
  }

  private enterAll(): SymbolicTensor[] {
    const { context, graph, flat } = this;
    for (const tensor of flat) context.values.add(tensor);
    const outside = flat.map((tensor) => context.outer?.addValue(tensor) ?? tensor);
    const enters = controlDependencies(null, () =>
      outside.map((tensor, i) => {
        const enter = entered(tensor, { ...context.entry(false), keepsShape: false });
        enter.set_shape(this.shapeOf(tensor, i));
        graph.prevent_feeding(enter);
        context.outer?.addInnerOp(enter.op);
        return enter;
      }),
    );
    this.waitForPivot(enters);
    context.adoptEnters(enters);
    context.values.clear();
    for (const enter of enters) context.values.add(enter);
    context.loopEnters = enters;
    return enters;
  }

  /** The shape that a loop variable has in all iterations. */
  private shapeOf(tensor: SymbolicTensor, index: number): TensorShape {
    const invariant = this.shapes?.[index];
    if (!invariant) return tensor.shape;
    if (isLessSpecific(invariant.toDims(), tensor.dims)) return invariant;
    throw new ValueError(
      `The shape invariant specified for ${tensor.name} is not compatible with the initial shape of the loop variable. It enters the loop with shape ${tensor.shape}, but the specified shape invariant is ${invariant}.`,
    );
  }

  /** What enters from a loop invariant must wait until the context around runs. */
  private waitForPivot(enters: readonly SymbolicTensor[]): void {
    let pivot: SymbolicTensor | null = null;
    for (let at: Context | null = this.context.outer; at && !pivot; at = at.outer) {
      pivot = at.controlPivot;
    }
    if (pivot === null) return;
    for (const { op } of enters) {
      if (isInvariant(op.inputs[0]!.op)) op._addControlInputs([pivot.op]);
    }
  }

  private runBody(inside: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
    const given = this.pack(inside);
    const returned = this.loop.body(...given);
    const list = isNested(returned) ? (returned as readonly unknown[]) : [returned];
    assertSameStructure([...given], Array.isArray(list) ? [...list] : list);
    this.returned = mapLeaves((leaf) => (isComposite(leaf) ? leaf : null), [...list]);
    const tensors = list.flatMap((member) =>
      leavesOf(member).flatMap((leaf) =>
        isComposite(leaf) ? leaf._components() : [toTensor(leaf as TensorLike)],
      ),
    );
    if (tensors.length === inside.length) return tensors as SymbolicTensor[];
    throw new ValueError(
      `Number of inputs and outputs of body must match loop_vars: ${inside.length}, ${tensors.length}`,
    );
  }

  private close(merge: SymbolicTensor, value: SymbolicTensor): void {
    const next = nextIteration(value);
    if (!isLessSpecific(merge.dims, next.dims)) {
      const first = merge.op.inputs[0]!.op.inputs[0]!;
      throw new ValueError(
        `Input tensor '${first.name}' enters the loop with shape ${first.shape}, but has shape ${next.shape} after one iteration. To allow the shape to vary across iterations, use the \`shape_invariants\` argument of tf.while_loop to specify a less-specific shape.`,
      );
    }
    merge.op._updateInput(1, next);
  }
}

/** Whether a tensor of static shape `dims` always fits `invariant`. */
function isLessSpecific(invariant: Dims, dims: Dims): boolean {
  if (invariant === null) return true;
  if (dims?.length !== invariant.length) return false;
  return invariant.every((size, i) => size === null || size === dims[i]);
}

/** The shape of each tensor of the loop variables, where invariants were given. */
function invariantsOf({ variables, invariants }: Loop): TensorShape[] {
  const leaves = leavesOf(variables);
  const shapes = leavesOf(invariants);
  if (leaves.length !== shapes.length || !shapes.every((shape) => shape instanceof TensorShape)) {
    throw new ValueError(
      withHint(
        '`shapes` must be a (possibly nested) list of shapes.',
        `Give one tf.TensorShape per loop variable: [new tf.TensorShape([null, 3])]. Given: ${pythonText(invariants)}`,
      ),
    );
  }
  return leaves.flatMap((leaf, i) => partShapes(leaf, shapes[i] as TensorShape));
}

/** The shapes of the tensors that a loop variable is made of. */
function partShapes(leaf: unknown, shape: TensorShape): TensorShape[] {
  if (leaf instanceof IndexedSlices) {
    const dims = shape.toDims();
    const parts = [shape, as_shape([dims?.[0] ?? null]), as_shape([dims?.length ?? null])];
    return parts.slice(0, leaf._components().length);
  }
  if (leaf instanceof SparseTensor) {
    const rank = shape.toDims()?.length ?? null;
    return [as_shape([null, rank]), as_shape([null]), as_shape([rank])];
  }
  return isComposite(leaf) ? leaf._components().map(() => shape) : [shape];
}
