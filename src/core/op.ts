/**
 * The one declaration of an op. Its inputs, outputs and attributes are written in TensorFlow's own
 * op language, the strings of REGISTER_OP, so they can be compared with TF1's ops.pbtxt and written
 * to a GraphDef unchanged; TypeScript reads the same strings to type the call, the shape function
 * and the gradient. Its kernel stands in `backend/`, under the same op type.
 */

import { inferCall } from './call.ts';
import type { Attrs } from './kernels.ts';
import { currentMode } from './mode.ts';
import {
  type ArgSpec,
  type AttrArgs,
  type AttrSpec,
  type AttrValues,
  type ByIndex,
  type ByName,
  parseArg,
  parseAttr,
  type Texts,
} from './op_language.ts';
import type { Operand } from './operand.ts';
import type {
  Dims,
  HandleData,
  Literal,
  Name,
  Node,
  Static,
  Tensor,
  TensorLike,
} from './tensor.ts';

/** The attributes may be left out of a call only if each has a default. */
type CallRest<I extends Texts, A extends Texts> =
  Record<never, never> extends AttrArgs<I, A>
    ? [attrs?: AttrArgs<I, A>, name?: Name]
    : [attrs: AttrArgs<I, A>, name?: Name];
/** One output comes alone, several as a tuple, none as the node itself. */
type Result<O extends Texts, A extends Texts> = O extends readonly []
  ? Node
  : O extends readonly [string]
    ? ByIndex<O, A, Tensor>[0]
    : ByIndex<O, A, Tensor>;

/** The shape of the only output, or of each output in order. */
type Shapes = Dims | readonly Dims[];
type Known = readonly (number | null)[] | undefined;

/** What an op does in TF1's dataflow control flow. */
export type ControlRole = 'switch' | 'merge' | 'enter' | 'exit' | 'next' | 'condition' | 'trigger';

/** What sets an op apart from a pure function of its inputs. Shared code asks these, never names. */
export interface Traits {
  /** It has state or effects: never folded, merged or skipped, and each node is its own. */
  readonly stateful?: boolean;
  /** A gradient given as IndexedSlices reaches its rule as it is. */
  readonly passesSlices?: boolean;
  /** Its part in control flow: the planner runs it, no kernel does. */
  readonly control?: ControlRole;
  /** It keeps its input on a stack of the run, for an op that takes it from there. */
  readonly keeps?: 'push' | 'pop';
  /** Its kernel holds none of its inputs when it returns, though the op is stateful. */
  readonly lendsInputs?: boolean;
  /** Its output is meant to be fed or watched, or tells of its node, so it is never computed ahead of a run. */
  readonly opaque?: boolean;
}

/** What an op is declared with. */
export interface OpSpec<I extends Texts, O extends Texts, A extends Texts> extends Traits {
  readonly inputs: I;
  readonly outputs: O;
  readonly attrs: A;
  /** The static shapes; left out where nothing is known before a run. Throws ValueError where the inputs cannot fit. */
  readonly shape?: (inputs: ByName<I, A, Static>, attrs: AttrValues<A>) => Shapes;
  /** The elements of an integer scalar or vector output, as far as static shapes tell them. */
  readonly known?: (inputs: ByName<I, A, Static>, attrs: AttrValues<A>) => Known;
  /** The output's value, for ops whose attributes already say it. */
  readonly constant?: (inputs: ByName<I, A, Static>, attrs: AttrValues<A>) => Literal | undefined;
  /** For an output that is a resource handle: what it refers to. */
  readonly handle?: (inputs: ByName<I, A, Static>, attrs: AttrValues<A>) => HandleData | undefined;
}

/** A gradient: `null` for none; IndexedSlices where only some rows get one. */
export type Gradient = Operand | null | undefined;

/** From dL/d(outputs), dL/d(each input), or `null` for an input that gets none. */
export type GradientRule<I extends Texts, O extends Texts, A extends Texts> = (
  inputs: ByName<I, A, Tensor>,
  dys: ByIndex<O, A, Tensor>,
  attrs: AttrValues<A>,
  outputs: ByName<O, A, Tensor>,
) => ByName<I, A, Gradient>;

/** A declared op: a function of its inputs by name, its attributes and a name. */
export interface Op<I extends Texts, O extends Texts, A extends Texts> {
  (inputs: ByName<I, A, TensorLike>, ...rest: CallRest<I, A>): Result<O, A>;
  readonly type: string;
  readonly spec: OpSpec<I, O, A>;
  /**
   * States the gradient; `null` says that none flows. It is a method, and not one more field of the
   * spec, because rules mention each other's ops: TypeScript can type `op(...).gradient(...)`
   * without looking inside the rule, but reports a cycle (TS7022) for a rule inside the spec.
   */
  gradient(rule: GradientRule<I, O, A> | null): Op<I, O, A>;
}

/** A gradient rule with its types forgotten. This is one of the two seams where `any` is allowed. */
// biome-ignore lint/suspicious/noExplicitAny: the seam that forgets types
export type AnyRule = (inputs: any, dys: any, attrs: any, outputs: any) => Record<string, unknown>;

/** An op with its types forgotten, as graphs, tapes and executors hold it. */
export interface AnyOp extends Traits {
  readonly type: string;
  readonly inputs: readonly ArgSpec[];
  readonly outputs: readonly ArgSpec[];
  readonly attrs: readonly AttrSpec[];
  /** The declaration's own strings. */
  readonly texts: { readonly inputs: Texts; readonly outputs: Texts; readonly attrs: Texts };
  shape?(inputs: Record<string, unknown>, attrs: Attrs): Shapes;
  known?(inputs: Record<string, unknown>, attrs: Attrs): Known;
  constant?(inputs: Record<string, unknown>, attrs: Attrs): Literal | undefined;
  handle?(inputs: Record<string, unknown>, attrs: Attrs): HandleData | undefined;
  /** `undefined`: not stated, an error to differentiate through; `null`: not differentiable. */
  rule: AnyRule | null | undefined;
}

/** Every declared op by its type. */
export const registry = new Map<string, AnyOp>();

/** Declares an op. */
export function op<const I extends Texts, const O extends Texts, const A extends Texts>(
  type: string,
  spec: OpSpec<I, O, A>,
): Op<I, O, A> {
  if (registry.has(type)) throw new Error(`Op '${type}' is declared twice.`);
  const attrs = spec.attrs.map(parseAttr);
  const declaration = {
    type,
    inputs: spec.inputs.map((text) => parseArg(text, attrs)),
    outputs: spec.outputs.map((text) => parseArg(text, attrs)),
    attrs,
    texts: spec,
    rule: undefined,
    stateful: spec.stateful ?? false,
    passesSlices: spec.passesSlices ?? false,
    ...(spec.control && { control: spec.control }),
    ...(spec.keeps && { keeps: spec.keeps }),
    ...(spec.lendsInputs && { lendsInputs: true }),
    ...(spec.shape && { shape: spec.shape }),
    opaque: spec.opaque ?? false,
    ...(spec.known && { known: spec.known }),
    ...(spec.constant && { constant: spec.constant }),
    ...(spec.handle && { handle: spec.handle }),
  } as AnyOp;
  registry.set(type, declaration);
  const call = (inputs: Record<string, TensorLike>, given: Attrs = {}, name: Name = null) =>
    resultOf(declaration, applyOp(declaration, inputs, given, name));
  const gradient = (rule: AnyRule | null) => {
    declaration.rule = rule;
    return declared;
  };
  const declared: unknown = Object.assign(call, { type, spec, gradient });
  return declared as Op<I, O, A>;
}

/** Calls an op by its declaration: converts the inputs, infers the attributes, applies the mode. */
export function applyOp(
  declaration: AnyOp,
  inputs: Readonly<Record<string, TensorLike | readonly TensorLike[]>>,
  attrs: Attrs,
  name: Name,
): Node {
  return inferCall(declaration, inputs, attrs, name ?? declaration.type, currentMode());
}

/** What the public function returns for a node: its output, the tuple of them, or the node. */
export function resultOf({ outputs }: AnyOp, node: Node): Node | Tensor | readonly unknown[] {
  if (outputs.length === 0) return node;
  const grouped =
    grouping(outputs, node.attrs) === null
      ? node.outputs
      : group(outputs, node.attrs, node.outputs);
  return grouped.length === 1 ? (grouped[0] as Tensor) : grouped;
}

/** How many flat values each argument takes; `null` where each takes one. */
function grouping(args: readonly ArgSpec[], attrs: Attrs): readonly number[] | null {
  if (!args.some((arg) => arg.numberAttr || arg.typeListAttr)) return null;
  return args.map(({ numberAttr, typeListAttr }) => {
    if (numberAttr) return attrs[numberAttr] as number;
    return typeListAttr ? (attrs[typeListAttr] as readonly unknown[]).length : -1;
  });
}

/** Flat values, one entry per argument, lists where the argument is a list. */
export function group<T>(args: readonly ArgSpec[], attrs: Attrs, flat: readonly T[]): (T | T[])[] {
  const counts = grouping(args, attrs);
  if (counts === null) return [...flat];
  let at = 0;
  return counts.map((count) => {
    if (count < 0) return flat[at++]!;
    at += count;
    return flat.slice(at - count, at);
  });
}

/** Flat values keyed as the declaration names its arguments. */
export function byName<T>(
  args: readonly ArgSpec[],
  attrs: Attrs,
  flat: readonly T[],
): Record<string, T | T[]> {
  const grouped = group(args, attrs, flat);
  const named: Record<string, T | T[]> = {};
  args.forEach((arg, i) => {
    named[arg.name] = grouped[i]!;
  });
  return named;
}
