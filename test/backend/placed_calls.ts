/** Calls of specialised plans, run on their own over blocks of the heap, beside the kernels of the host. */

import { expect } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { EagerContext } from '../../src/backend/context.ts';
import {
  type Activation,
  type Call,
  type Described,
  type Place,
  type PlacedNode,
  translationOf,
} from '../../src/backend/placed/index.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { type BackendValue, hostValue, sizeOf } from '../../src/backend/value.ts';
import { bool, type DType, float32, int32 } from '../../src/core/dtype.ts';
import type { Attrs, Value } from '../../src/core/kernels.ts';

/** An input of a call. */
export interface Given {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
  /** Whether its numbers are known ahead. */
  readonly isKnown?: boolean;
}

let seed = 1;
/** Numbers in [-1, 1) from a small generator, so that failures repeat. */
export function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) / 2 ** 23 - 1;
}

/** Random floats of a shape. */
export function floats(...shape: number[]): Given {
  const data = Float32Array.from({ length: sizeOf(shape) }, random);
  return { dtype: float32, shape, data };
}

/** A vector of integers that are known ahead. */
export function sizes(...list: number[]): Given {
  return { dtype: int32, shape: [list.length], data: Int32Array.from(list), isKnown: true };
}

/** Integers of a shape that are not known ahead. */
export function integers(shape: readonly number[], data: readonly number[]): Given {
  return { dtype: int32, shape, data: Int32Array.from(data) };
}

/** The values that the op's kernel gives on the host. */
export function hostResults(type: string, inputs: readonly Given[], attrs: Attrs): Given[] {
  const values = inputs.map(({ dtype, shape, data }) => hostValue(dtype, shape, data.slice()));
  const result = kernelOf(type, null)!(values, attrs, new EagerContext());
  return (Array.isArray(result) ? (result as Value[]) : [result as Value]).map((value) => ({
    dtype: value.dtype,
    shape: [...value.shape],
    data: value.data as Float32Array,
  }));
}

/** The op as translations see it. */
export function nodeOf(
  type: string,
  inputs: readonly Given[],
  attrs: Attrs,
  outputs: readonly Described[],
): PlacedNode {
  const describe = ({ dtype, shape, data, isKnown }: Given): Described => ({
    dtype,
    shape,
    constant: isKnown ? { dtype, shape, data } : undefined,
  });
  return { type, attrs, inputs: inputs.map(describe), outputs };
}

/** The op's call; `null` where it has none. */
export function callOf(node: PlacedNode): Call | null {
  const translation = translationOf(node);
  return translation?.role === 'call' ? translation : null;
}

/** What follows a product. */
export interface Epilogue {
  readonly activation: Activation;
  readonly bias: Given;
}

/** Runs `call` twice over memory full of NaN and answers what it gave. */
export function runCall(
  call: Call,
  inputs: readonly Given[],
  outputs: readonly Described[],
): Given[] {
  const blocks: BackendValue[] = [];
  const block = (size: number): BackendValue => {
    const value = heap!.alloc([size], size);
    (value.data as Float32Array).fill(Number.NaN);
    blocks.push(value);
    return value;
  };
  const place = ({ dtype, shape }: Described): Place => {
    const size = sizeOf(shape);
    return { dtype, shape, size, home: { at: block(size).buffer.heap!.address } };
  };
  const view = ({ dtype, home, size }: Place) => {
    const { buffer } = heap!.numbers;
    if (dtype === bool) return new Uint8Array(buffer, home.at, size);
    if (dtype === int32) return new Int32Array(buffer, home.at, size);
    return new Float32Array(buffer, home.at, size);
  };
  try {
    const from = inputs.map(place);
    const to = outputs.map(place);
    const room = { at: block(Math.ceil((call.scratch ?? 0) / 4) + 1).buffer.heap!.address };
    const command = call.emit(from, to, heap!, room);
    for (let run = 0; run < 2; run++) {
      from.forEach((input, i) => {
        if (call.reads.includes(i) || call.writes.includes(i)) view(input).set(inputs[i]!.data);
      });
      command();
    }
    return to.map((output) => ({ ...output, data: view(output).slice() }));
  } finally {
    for (const value of blocks) value.release();
  }
}

/** What the op's call gives; throws where it has none. */
export function placedResults(
  type: string,
  inputs: readonly Given[],
  attrs: Attrs,
  outputs: readonly Described[],
  epilogue?: Epilogue,
): Given[] {
  const call = callOf(nodeOf(type, inputs, attrs, outputs));
  if (!call) throw new Error(`There is no call for ${type}.`);
  if (!epilogue) return runCall(call, inputs, outputs);
  return runCall(call.withEpilogue!(epilogue.activation), [...inputs, epilogue.bias], outputs);
}

/** Expects numbers to differ by so much at most, as a part of the largest of them. */
export function expectClose(actual: Given, expected: Given, tolerance = 3e-6): void {
  let [scale, worst] = [1, 0];
  for (let i = 0; i < expected.data.length; i++) {
    const [x, y] = [actual.data[i]!, expected.data[i]!];
    if (Number.isFinite(y)) scale = Math.max(scale, Math.abs(y));
    if (!Object.is(x, y)) worst = Math.max(worst, Number.isFinite(y) ? Math.abs(x - y) : Infinity);
  }
  expect(actual.shape).toEqual(expected.shape);
  expect(worst / scale).toBeLessThan(tolerance);
}
