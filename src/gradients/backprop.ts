/**
 * Reverse-mode differentiation over any list of nodes: a graph's operations or a tape's records. One
 * walk serves both, and rules are written with public functions, so gradients can be differentiated again.
 */

import { compatible } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { byName, group } from '../core/op.ts';
import type { Operand } from '../core/operand.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { zeros_like } from '../ops/array.ts';
import { aggregate, dense } from './aggregate.ts';
import { type NodeRule, ruleOf } from './registry.ts';

/** The gradients that reached each tensor so far. */
export class Adjoints {
  private readonly parts = new Map<Tensor, Operand[]>();

  /** Adds a contribution to dL/d`tensor`. */
  add(tensor: Tensor, gradient: Operand): void {
    const list = this.parts.get(tensor);
    if (list) list.push(gradient);
    else this.parts.set(tensor, [gradient]);
  }

  /** dL/d`tensor`, all contributions summed; `null` if none came. */
  sum(tensor: Tensor): Operand | null {
    const list = this.parts.get(tensor);
    if (!list) return null;
    const total = aggregate(list);
    if (list.length > 1) this.parts.set(tensor, [total]);
    return total;
  }
}

/** What the caller of a walk decides. */
export interface Walk {
  /** Whether a tensor can lie on a path to what is asked for; gradients of others are dropped. */
  wanted(tensor: Tensor): boolean;
  /** Whether gradients end at this node. */
  stops(node: Node): boolean;
  /** Runs the rule of `node` where it belongs: in its name scope, on its device. */
  around<R>(node: Node, body: () => R): R;
}

/** Whether gradients are defined for a tensor's type. */
export function isTrainable({ dtype }: Tensor): boolean {
  const base = dtype.base_dtype;
  return base.is_floating || base.is_complex || !base.is_numpy_compatible;
}

/** Walks `nodes`, given last first, and adds to `adjoints` what flows to their inputs. */
export function backprop(nodes: Iterable<Node>, adjoints: Adjoints, walk: Walk): void {
  for (const node of nodes) {
    if (walk.stops(node)) continue;
    const dys = node.outputs.map((output) => adjoints.sum(output));
    if (dys.every((dy) => dy === null)) continue;
    const rule = ruleOf(node);
    if (rule === null) continue;
    const dxs = walk.around(node, () => applyRule(node, rule, dys));
    node.inputs.forEach((input, i) => {
      const dx = dxs[i];
      if (!dx || !walk.wanted(input)) return;
      checkShape(node, input, dx);
      adjoints.add(input, dx);
    });
  }
}

/** One gradient per flat input; `zerosOf` makes what stands for an output's gradient that is zero. */
export function applyRule(
  node: Node,
  rule: Exclude<NodeRule, null>,
  dys: readonly (Operand | null)[],
  zerosOf: (index: number) => Tensor | null = (i) => zerosFor(node.outputs[i]!),
): (Operand | null)[] {
  const { declaration, attrs, inputs, outputs } = node;
  const given = dys.map((dy, i) => {
    if (dy === null) return isTrainable(outputs[i]!) ? zerosOf(i) : null;
    return declaration.passesSlices ? dy : dense(dy);
  });
  if (rule.kind === 'registered') {
    const result = rule.f(node, ...(given as Tensor[]));
    return Array.isArray(result) ? [...result] : [result as Operand | null];
  }
  const results = rule.rule(
    byName(declaration.inputs, attrs, inputs),
    group(declaration.outputs, attrs, given),
    attrs,
    byName(declaration.outputs, attrs, outputs),
  );
  return declaration.inputs.flatMap((arg) => {
    const result = results[arg.name] as Operand | null | undefined | readonly (Operand | null)[];
    if (Array.isArray(result)) return result as (Operand | null)[];
    if (arg.numberAttr || arg.typeListAttr)
      return new Array<null>(listLength(node, arg.name)).fill(null);
    return [(result as Operand | null | undefined) ?? null];
  });
}

function zerosFor(output: Tensor): Tensor | null {
  return output.dtype.is_numpy_compatible ? zeros_like(output) : null;
}

function listLength({ declaration, attrs, inputs }: Node, name: string): number {
  return (byName(declaration.inputs, attrs, inputs)[name] as readonly Tensor[]).length;
}

/** Tells a gradient the shape of its input. ValueError where it has another one. */
export function checkShape(node: Node, input: Tensor, gradient: Operand): void {
  if (gradient instanceof IndexedSlices) return;
  const tensor = gradient as Tensor;
  if (!input.dtype.is_numpy_compatible) return;
  if (!compatible(tensor.dims, input.dims)) {
    throw new ValueError(
      `Incompatible shapes between op input and calculated input gradient. Forward operation: ${node.name}.  Original input shape: ${input.shape}.  Calculated input gradient shape: ${tensor.shape}`,
    );
  }
  tensor.set_shape(input.shape);
}
