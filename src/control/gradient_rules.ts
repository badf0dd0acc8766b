/** The gradients of the nodes of control flow: a switch for a merge, a merge for a switch, an entrance for an exit. */

import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { isComposite } from '../core/nest.ts';
import type { Operand } from '../core/operand.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { RegisterGradient } from '../gradients/registry.ts';
import { outputContext } from '../graph/control_context.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { equal } from '../ops/compare.ts';
import { range } from '../ops/sequence.ts';
import { accumulate, accumulateSlices } from './accumulators.ts';
import { CondContext } from './cond_context.ts';
import { entered, exited, merged, nextIteration, sizesOf, switched, switchOf } from './nodes.ts';
import { currentLoop, WhileContext } from './while_context.ts';

type Grads = (Operand | null)[];

/** A gradient on both sides of a switch. */
function switchedGradient(
  gradient: Operand,
  pred: Tensor,
  name: string | null = 'Switch',
): [Operand, Operand] {
  if (!isComposite(gradient)) {
    const [no, yes] = switched(gradient as Tensor, pred, name);
    return [no, yes];
  }
  const sides = gradient._components().map((part) => switched(part, pred, name));
  return [0, 1].map((side) => gradient._withComponents(sides.map((s) => s[side as 0 | 1]))) as [
    Operand,
    Operand,
  ];
}

/** Whichever of `gradients` came; if one is IndexedSlices, all become it. */
function mergedGradients(gradients: readonly Operand[], name: string): Operand {
  if (!gradients.some((gradient) => gradient instanceof IndexedSlices)) {
    return merged(gradients as readonly Tensor[], name);
  }
  const slices = gradients.map(asSlices);
  const parts = slices.map((one) => one._components());
  return slices[0]!._withComponents(
    parts[0]!.map((_, i) =>
      merged(
        parts.map((part) => part[i]!),
        name,
      ),
    ),
  );
}

/** All rows of a gradient, as slices. */
function asSlices(gradient: Operand): IndexedSlices {
  const whole = (tensor: Tensor, indices: Tensor | null): IndexedSlices => {
    // Not a constant, even where it is known: it must be dead where the tensor is.
    const sizes = sizesOf(tensor);
    return new IndexedSlices(tensor, indices ?? range(sizes.at(0)), sizes);
  };
  if (!(gradient instanceof IndexedSlices)) return whole(gradient as Tensor, null);
  if (gradient.dense_shape !== null) return gradient;
  throw new ValueError(
    'Either all merged IndexedSlices must have a dense_shape, or none must have a dense_shape.',
  );
}

/** The first turn of a loop's switch comes from the exit, the second from the body. */
function loopSwitchGradient(
  operation: Operation,
  [fromExit, fromBody]: readonly (Operand | null)[],
): Grads {
  const { merges } = currentLoop(operation.graph)!.gradientLoop!;
  const merge = merges.get(operation);
  if (merge) {
    if (fromBody) merge.op._updateInput(1, nextIteration(fromBody._toTensor()));
    return [null, null];
  }
  if (!fromExit) return [null, null];
  const gradient = fromExit._toTensor();
  const made = merged([gradient, gradient], 'b_switch');
  merges.set(operation, made);
  return [made, null];
}

function switchGradient(node: Node, ...grads: readonly (Operand | null)[]): Grads {
  const operation = node as Operation;
  const context = operation._controlFlow;
  if (context instanceof WhileContext) return loopSwitchGradient(operation, grads);
  if (context instanceof CondContext) {
    const [no, yes] = grads;
    return no && yes ? [mergedGradients([no, yes], 'cond_grad'), null] : [null, null];
  }
  const pred = operation.inputs[1]!;
  const no = switchOf(grads[0]!._toTensor(), pred)[0];
  const yes = switchOf(grads[1]!._toTensor(), pred)[1];
  return [merged([no, yes]), null];
}

function mergeGradient(node: Node, gradient: Operand | null): Grads {
  const operation = node as Operation;
  if (!gradient) return operation.inputs.map(() => null);
  const from = outputContext(operation.inputs[0]!.op);
  const loop = currentLoop(operation.graph);
  if (from instanceof WhileContext) return switchedGradient(gradient, loop!.pivot!);
  if (from instanceof CondContext) {
    const back = loop?.gradientLoop;
    const pred = back ? back.realPred(from.pred) : from.pred;
    return switchedGradient(gradient, pred, 'cond_grad');
  }
  return operation.inputs.map((_, i) => {
    const chosen = equal(operation.outputs[1]!, i);
    return switchedGradient(gradient, chosen)[1];
  });
}

function exitGradient(node: Node, gradient: Operand | null): Operand | null {
  const operation = node as Operation;
  const context = currentLoop(operation.graph);
  if (!gradient || !context?.settings.backProp) return null;
  if (operation._controlFlow instanceof WhileContext && operation._controlFlow.gradientLoop) {
    throw new TypeError('Second-order gradient for while loops not supported.');
  }
  const tensor = gradient._toTensor() as SymbolicTensor;
  context.values.add(tensor);
  return context.within(() => {
    const inside = entered(tensor, { ...context.entry(false, 'b_exit'), keepsShape: false });
    inside.set_shape(operation.outputs[0]!.shape);
    context.loopEnters.push(inside);
    return inside;
  });
}

function enterGradient(node: Node, gradient: Operand | null): Operand | null {
  const operation = node as Operation;
  const context = currentLoop(operation.graph);
  if (!gradient || !context?.settings.backProp || !context.gradientLoop) return gradient;
  if (operation.attrs.is_constant) {
    return gradient instanceof IndexedSlices
      ? accumulateSlices(context, operation, gradient)
      : accumulate(context, operation, gradient as Tensor);
  }
  const result = exited(gradient._toTensor());
  context.loopExits.push(result);
  context.exitResult([result]);
  return result;
}

for (const prefix of ['', 'Ref']) {
  RegisterGradient(`${prefix}Switch`)(switchGradient);
  RegisterGradient(`${prefix}Merge`)(mergeGradient);
  RegisterGradient(`${prefix}Exit`)(exitGradient);
  RegisterGradient(`${prefix}NextIteration`)((_, gradient) => gradient ?? null);
  RegisterGradient(`${prefix}Enter`)(enterGradient);
}
