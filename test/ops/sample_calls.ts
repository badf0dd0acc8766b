/** Samples as calls: the public function, or the op itself, with arrays as tensors. */

import * as tf from 'tf1';
import { IndexedSlices } from '../../src/core/indexed_slices.ts';
import { applyOp, registry } from '../../src/core/op.ts';
import { Operand } from '../../src/core/operand.ts';
import { Tensor } from '../../src/core/tensor.ts';
import { NdArray } from '../../src/numpy/index.ts';
import type { Sample } from './sample.ts';

/** Calls the sample's function; `make` turns its arrays into tensors, but for those that stay constants. */
export function call(
  { fn, args, kwargs, options }: Sample,
  make: (array: NdArray) => Tensor,
): unknown {
  const constants = options.constants ?? [];
  const build = (value: unknown, constant: boolean): unknown => {
    if (value instanceof NdArray) return constant ? tf.constant(value) : make(value);
    if (Array.isArray(value)) return value.map((member) => build(member, constant));
    return value;
  };
  if (fn.startsWith('raw_ops.')) return callRaw(fn.slice('raw_ops.'.length), kwargs, build);
  const body = fn
    .split('.')
    .reduce<unknown>((object, part) => (object as Record<string, unknown>)[part], tf);
  if (typeof body !== 'function') throw new Error(`tf.${fn} is not there.`);
  const values = args.map((arg, i) => build(arg, constants.includes(i)));
  const keywords = Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [key, build(value, false)]),
  );
  return (body as (...values: unknown[]) => unknown)(
    ...values,
    ...(Object.keys(keywords).length > 0 ? [keywords] : []),
  );
}

/** Calls an op that no function of TF1 builds, by the names of its inputs and attributes. */
function callRaw(
  type: string,
  kwargs: Readonly<Record<string, unknown>>,
  build: (value: unknown, constant: boolean) => unknown,
): unknown {
  const declaration = registry.get(type);
  if (!declaration) throw new Error(`Op ${type} is not declared.`);
  const isInput = (name: string) => declaration.inputs.some((input) => input.name === name);
  const entries = Object.entries(kwargs).map(([key, value]) => [key, build(value, false)] as const);
  const inputs = Object.fromEntries(entries.filter(([key]) => isInput(key))) as TensorLikes;
  const attrs = Object.fromEntries(entries.filter(([key]) => !isInput(key)));
  return [...applyOp(declaration, inputs, attrs, null).outputs];
}
type TensorLikes = Parameters<typeof applyOp>[1];

/** The tensors in a call's result, in order. */
export function tensorsOf(result: unknown): Tensor[] {
  if (result === null || result === undefined) return [];
  if (result instanceof Tensor) return [result];
  if (result instanceof IndexedSlices || result instanceof Operand)
    return [tf.convert_to_tensor(result)];
  if (typeof result === 'object' && '_fetchParts' in result) {
    return tensorsOf((result as { _fetchParts(): { parts: unknown } })._fetchParts().parts);
  }
  if (Array.isArray(result)) return result.flatMap(tensorsOf);
  if (result instanceof NdArray || typeof result === 'number')
    return [tf.convert_to_tensor(result)];
  return Object.keys(result)
    .sort()
    .flatMap((key) => tensorsOf((result as Record<string, unknown>)[key]));
}
