/** Gradient rules by name: those declared with the ops, and those that users register. */

import { KeyError, LookupError, withHint } from '../core/errors.ts';
import type { AnyRule } from '../core/op.ts';
import { registry } from '../core/op.ts';
import type { Operand } from '../core/operand.ts';
import type { Node, Tensor } from '../core/tensor.ts';

/** A user's gradient: from the operation and a gradient per output, one gradient per input, or the only one. */
export type GradientFunction = (
  op: Node,
  ...grads: Tensor[]
) => Operand | null | readonly (Operand | null)[];

const registered = new Map<string, GradientFunction | null>();

/**
 * Registers a gradient function under a name: `new tf.RegisterGradient('CustomSquare')(fn)` in
 * Python's decorator form is `tf.RegisterGradient('CustomSquare')(fn)` here. KeyError if the name is taken.
 */
export function RegisterGradient(op_type: string): (f: GradientFunction) => GradientFunction {
  if (typeof op_type !== 'string') throw new TypeError('op_type must be a string');
  return (f) => {
    register(op_type, f);
    return f;
  };
}

/** States that ops of type `op_type` are not differentiable. */
export function NotDifferentiable(op_type: string): void {
  register(op_type, null);
}

function register(name: string, f: GradientFunction | null): void {
  if (registered.has(name) || registry.get(name)?.rule !== undefined) {
    throw new KeyError(`Registering two gradient with name '${name}' !`);
  }
  registered.set(name, f);
}

/** How the gradient of a node is computed. */
export type NodeRule =
  | { readonly kind: 'declared'; readonly rule: AnyRule }
  | { readonly kind: 'registered'; readonly f: GradientFunction }
  | null;

const ofNodes = new WeakMap<Node, GradientFunction>();

/** Gives one node a gradient of its own. */
export function setNodeGradient(node: Node, f: GradientFunction): void {
  ofNodes.set(node, f);
}

/** The rule for `node`: an override, the declared one, or a registered one. LookupError where nobody stated any. */
export function ruleOf(node: Node): NodeRule {
  const own = ofNodes.get(node);
  if (own) return { kind: 'registered', f: own };
  const override = node.attrs._gradient_op_type as string | undefined;
  const name = override ?? node.type;
  const f = registered.get(name);
  if (f !== undefined) return f && { kind: 'registered', f };
  const declared = override === undefined ? node.declaration.rule : registry.get(override)?.rule;
  if (declared === null) return null;
  if (declared !== undefined) return { kind: 'declared', rule: declared };
  throw new LookupError(
    withHint(
      `No gradient defined for operation '${node.name}' (op type: ${node.type})`,
      `The gradient has to pass through it. Cut it with tf.stop_gradient, or state one: tf.RegisterGradient('${name}').`,
    ),
  );
}
