/** Gradients of functions: from a function one that gives its gradients, as `tf.contrib.eager` has them. */

import { toTensor } from '../core/convert.ts';
import { ValueError, withHint } from '../core/errors.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import type { Operand } from '../core/operand.ts';
import { isPlainObject, parametersOf } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { identity } from '../ops/shape.ts';
import { flatten, GradientTape, rebuild } from './gradient_tape.ts';

type Gradient = Tensor | IndexedSlices | null;
/** A gradient and the variable it belongs to. */
type VariableGradient = [gradient: Gradient, variable: Operand];
/** A function of tensors that gives a tensor, or a structure of tensors whose gradients are added. */
type Differentiable<A extends readonly unknown[], R> = (...args: A) => R;
/** Which arguments are differentiated: their positions, or their names where the function has parameter names. */
type Params = readonly (number | string)[] | null;

/** The arguments, and in front of the gradients' weights a last object `{ dy }`. */
type WithWeights<A extends readonly unknown[]> =
  | A
  | [...args: A, weights: { readonly dy: TensorLike | readonly TensorLike[] }];

/** What `f` gave. ValueError where that is nothing. */
function returned<R>(f: { readonly name: string }, result: R): R {
  if (result !== null && result !== undefined) return result;
  throw new ValueError(
    `Cannot differentiate a function that returns None; did you forget to return a value from ${f.name || '<lambda>'}?`,
  );
}

/**
 * From `f` a function that gives, for the same arguments, `[value, [[gradient, variable], ...]]` for
 * all trainable variables that `f` reads. ValueError where it reads none.
 */
export function implicit_value_and_gradients<A extends readonly unknown[], R>(
  f: Differentiable<A, R>,
): (...args: A) => [value: R, gradients: VariableGradient[]] {
  return (...args) => {
    const tape = new GradientTape();
    tape.enter();
    let value: R;
    try {
      value = returned(f, f(...args));
    } finally {
      tape.exit();
    }
    const variables = tape.watched_variables();
    if (variables.length === 0) {
      throw new ValueError(
        'No trainable variables were accessed while the function was being computed.',
      );
    }
    const handles = variables.map((variable) => variable._toTensor(null, null, true));
    const targets = flatten(value).map((target) => toTensor(target as TensorLike));
    const gradients = tape._gradients(targets, handles, null);
    return [value, gradients.map((gradient, i) => [gradient, variables[i]!])];
  };
}

/** From `f` a function that gives `[[gradient, variable], ...]` for all trainable variables that `f` reads. */
export function implicit_gradients<A extends readonly unknown[], R>(
  f: Differentiable<A, R>,
): (...args: A) => VariableGradient[] {
  const both = implicit_value_and_gradients(f);
  return (...args) => both(...args)[1];
}

/**
 * From `f` a function that gives `[value, gradients]` with respect to its arguments, or those that
 * `params` names by position. A last argument `{ dy }` weighs the values.
 */
export function value_and_gradients_function<A extends readonly unknown[], R>(
  f: Differentiable<A, R>,
  params: Params | { readonly params: Params } = null,
): (...args: WithWeights<A>) => [value: R, gradients: Gradient[]] {
  const chosen = paramsOf(params);
  return (...args) => {
    const [values, weights] = split(args);
    const positions = positionsOf(f, chosen, values.length);
    const tape = new GradientTape();
    const sources = positions.map((at) => identity(toTensor(values[at] as TensorLike)));
    const given = [...values];
    positions.forEach((at, i) => {
      given[at] = sources[i];
    });
    tape.enter();
    let value: R;
    try {
      tape.watch(sources);
      const result: R = returned(f, Reflect.apply(f, undefined, given));
      const members = flatten(result).map((member) => identity(toTensor(member as TensorLike)));
      value = rebuild(result, () => members.shift()) as R;
    } finally {
      tape.exit();
    }
    return [value, tape._gradients(flatten(value) as Tensor[], sources, weights)];
  };
}

/**
 * From `f` a function that gives the gradients with respect to its arguments, or those that `params`
 * names by position. A last argument `{ dy }` weighs the values.
 */
export function gradients_function<A extends readonly unknown[], R>(
  f: Differentiable<A, R>,
  params: Params | { readonly params: Params } = null,
): (...args: WithWeights<A>) => Gradient[] {
  const both = value_and_gradients_function(f, params);
  return (...args) => both(...args)[1];
}

function paramsOf(params: Params | { readonly params: Params }): Params {
  return params === null || Array.isArray(params)
    ? (params as Params)
    : (params as { readonly params: Params }).params;
}

/** The arguments without a last `{ dy }`, and what that says. ValueError for other keywords. */
function split(
  args: readonly unknown[],
): [values: readonly unknown[], weights: TensorLike[] | null] {
  const last = args.at(-1);
  if (!isPlainObject(last)) return [args, null];
  if (Object.keys(last).some((key) => key !== 'dy')) {
    throw new ValueError('Functions to be differentiated cannot receive keyword arguments.');
  }
  return [args.slice(0, -1), flatten(last.dy) as TensorLike[]];
}

function positionsOf(f: object, params: Params, count: number): readonly number[] {
  if (params === null) return Array.from({ length: count }, (_, i) => i);
  if (params.every((param) => typeof param === 'number')) return params;
  if (!params.every((param) => typeof param === 'string')) {
    throw new ValueError(
      `params must be all strings or all integers; got [${params.map((p) => (typeof p === 'string' ? `'${p}'` : p)).join(', ')}].`,
    );
  }
  const names = parametersOf(f)?.names ?? [];
  return params.map((name) => {
    const at = names.indexOf(name);
    if (at >= 0) return at;
    throw new ValueError(
      withHint(
        `'${name}' is not in list`,
        'A JavaScript function does not tell the names of its parameters: give their positions, [0, 1].',
      ),
    );
  });
}
