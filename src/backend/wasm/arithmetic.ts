/**
 * Element-wise ops of large float32 values: each is a generated region of one node, which beats tfjs's
 * kernels (Tanh, Exp: 8 times) or equals them.
 */

import { collapse } from '../../compiler/collapse.ts';
import type { RegionNode } from '../../compiler/elementwise.ts';
import { float32 } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { HEAP_MINIMUM, type Heap } from '../heap.ts';
import { sameShape } from '../host/numeric.ts';
import { heapKernel } from '../registry.ts';
import { type BackendValue, sizeOf } from '../value.ts';
import { compileElementwise, placeScalars } from './elementwise.ts';

const isOnHeap = (x: Value): boolean => (x as BackendValue).buffer.heap !== null;
const isLarge = (x: Value): boolean => x.dtype === float32 && x.size >= HEAP_MINIMUM && isOnHeap(x);
const floats = (x: Value): Float32Array => x.data as Float32Array;

/** The shape to which `x` and `y` broadcast; `null` where they do not, which the host kernel then says. */
function broadcast(x: readonly number[], y: readonly number[]): readonly number[] | null {
  const rank = Math.max(x.length, y.length);
  const shape: number[] = [];
  for (let d = 0; d < rank; d++) {
    const p = x[d - rank + x.length] ?? 1;
    const q = y[d - rank + y.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) return null;
    shape.push(p === 1 ? q : p);
  }
  return shape;
}

/**
 * Computes `node` on values that broadcast to `shape`, as if they had shapes `shapes`. Numbers on the
 * host are copied to the heap for the call.
 */
function compute(
  heap: Heap,
  node: RegionNode,
  values: readonly Value[],
  shape: readonly number[],
  shapes: readonly (readonly number[])[] = values.map((value) => value.shape),
): BackendValue {
  const size = sizeOf(shape);
  const { sizes, patterns } = collapse(shape, shapes);
  const out = heap.alloc(shape, size);
  const copies: BackendValue[] = [];
  const scalars = placeScalars(
    values.map((x) => (isOnHeap(x) || x.size !== 1 ? 0 : floats(x)[0]!)),
  );
  const placed = values.map((x, i) => {
    if (isOnHeap(x)) return x;
    if (x.size === 1) return scalars + 4 * i;
    const copy = heap.upload(x.shape, floats(x));
    copies.push(copy);
    return copy;
  });
  // Uploading may have moved what views see, but not addresses.
  const addresses = placed.map((x) => (typeof x === 'number' ? x : floats(x).byteOffset));
  const inputs = patterns.map((walks) => ({ type: 'float32', walks }) as const);
  const region = { rank: sizes.length, inputs, nodes: [node], outputs: [inputs.length] };
  compileElementwise(region)!.run(...addresses, floats(out).byteOffset, ...sizes);
  for (const copy of copies) copy.release();
  return out;
}

const BINARY = ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Div', 'SquaredDifference', 'Pow'];
const EXTREMES = ['Maximum', 'Minimum'];
const LOCAL_GRADIENTS = ['TanhGrad', 'SigmoidGrad', 'SqrtGrad', 'RsqrtGrad', 'InvGrad'];
for (const type of [...BINARY, ...EXTREMES, ...LOCAL_GRADIENTS, 'ReciprocalGrad']) {
  heapKernel(type, {
    when: ([x, y]) =>
      (isLarge(x!) || isLarge(y!)) &&
      x!.dtype === y!.dtype &&
      broadcast(x!.shape, y!.shape) !== null,
    run: (heap, [x, y]) =>
      compute(heap, { op: type, inputs: [0, 1] }, [x!, y!], broadcast(x!.shape, y!.shape)!),
  });
}

const UNARY = [
  'Neg',
  'Abs',
  'Sign',
  'Square',
  'Inv',
  'Reciprocal',
  'Sqrt',
  'Rsqrt',
  'Floor',
  'Ceil',
];
const ROUNDING = ['Round', 'Rint'];
const FUNCTIONS = ['Exp', 'Expm1', 'Log', 'Log1p', 'Tanh', 'Sigmoid'];
const ACTIVATIONS = ['Softplus', 'Relu', 'Relu6', 'LeakyRelu', 'Elu', 'Selu', 'Softsign'];
const alphaOf = (attrs: Attrs): number | undefined => attrs.alpha as number | undefined;
for (const type of [...UNARY, ...ROUNDING, ...FUNCTIONS, ...ACTIVATIONS]) {
  heapKernel(type, {
    when: ([x]) => isLarge(x!),
    run: (heap, [x], attrs) =>
      compute(heap, { op: type, inputs: [0], value: alphaOf(attrs) }, [x!], x!.shape),
  });
}

for (const type of ACTIVATIONS) {
  heapKernel(`${type}Grad`, {
    when: ([dy, x]) => isLarge(dy!) && x!.dtype === float32 && sameShape(dy!.shape, x!.shape),
    run: (heap, [dy, x], attrs) =>
      compute(
        heap,
        { op: `${type}Grad`, inputs: [0, 1], value: alphaOf(attrs) },
        [dy!, x!],
        dy!.shape,
      ),
  });
}

heapKernel('AddN', {
  when: (values) =>
    values.length > 1 &&
    values.length <= 16 &&
    values.every((x) => isLarge(x) && sameShape(x.shape, values[0]!.shape)),
  run: (heap, values) =>
    compute(heap, { op: 'AddN', inputs: values.map((_, i) => i) }, values, values[0]!.shape),
});

/** The dimensions of a value with channels: [outer, channels, inner]. */
function channelShape({ shape, size }: Value, isFirst: boolean): number[] {
  if (!isFirst) return [size / shape.at(-1)!, shape.at(-1)!, 1];
  const outer = shape[0]! * shape[1]!;
  return [shape[0]!, shape[1]!, size / outer];
}

for (const type of ['BiasAdd', 'BiasAddV1']) {
  heapKernel(type, {
    when([value, bias], attrs) {
      if (!isLarge(value!) || value!.shape.length < 2 || bias!.dtype !== float32) return false;
      const channels = value!.shape.at(attrs.data_format === 'NCHW' ? 1 : -1);
      return bias!.shape.length === 1 && bias!.size === channels;
    },
    run(heap, [value, bias], attrs) {
      const shape = channelShape(value!, attrs.data_format === 'NCHW');
      const sum = compute(heap, { op: 'Add', inputs: [0, 1] }, [value!, bias!], shape, [
        shape,
        [bias!.size, 1],
      ]);
      const out = sum.view(value!.shape);
      sum.release();
      return out;
    },
  });
}
