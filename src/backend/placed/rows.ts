/**
 * Rows that indices name: gathered, summed by segment, added to a variable. Indices are looked at in
 * every run, for they may name no row: then the op's kernel says what is wrong.
 */

import { type DType, float32, int32 } from '../../core/dtype.ts';
import type { Heap } from '../heap.ts';
import { hostValue, sizeOf } from '../value.ts';
import { generatedKernels } from '../wasm/generated.ts';
import { windowKernels } from '../wasm/window_kernels.ts';
import { areWithin, integersAt, LOWEST_INDEX, refuse, zeros } from './indices.ts';
import { type Call, type Described, type Place, type PlacedNode, placed } from './registry.ts';

const FLOAT = 4;

/** Raises what is wrong with indices of `rows` rows. */
const refuseIndices = (indices: Place, rows: number, heap: Heap): never =>
  refuse('Gather', [zeros([rows]), integersAt(indices, heap)]);

const isFloats = (x: Described): boolean => x.dtype === float32;
const isWide = (dtype: DType): boolean => dtype === float32 || dtype === int32;

// ---- gathering ---------------------------------------------------------------------------------

/** Rows of input 0 along a known axis, by the indices of input 1. */
function gathering({ inputs, outputs }: PlacedNode, asked: number | undefined): Call | null {
  const [params, indices] = inputs as [Described, Described];
  const { shape } = params;
  if (asked === undefined || generatedKernels() === null || indices.dtype !== int32) return null;
  const axis = asked < 0 ? asked + shape.length : asked;
  if (!isWide(params.dtype) || axis < 0 || axis >= shape.length) return null;
  const rows = shape[axis]!;
  const outer = sizeOf(shape.slice(0, axis));
  const bytes = FLOAT * sizeOf(shape.slice(axis + 1));
  const count = sizeOf(indices.shape);
  if (sizeOf(outputs[0]!.shape) * FLOAT !== outer * count * bytes) return null;
  const { gather } = generatedKernels()!;
  return {
    role: 'call',
    reads: [0, 1],
    writes: [],
    mayFail: true,
    emit([x, at], [y], heap) {
      const [from, which, to] = [x!.home, at!.home, y!.home];
      return () => {
        if (!areWithin(heap, which.at, count, 0, rows)) refuseIndices(at!, rows, heap);
        for (let i = 0; i < outer; i++) {
          const [target, source] = [to.at + i * count * bytes, from.at + i * rows * bytes];
          gather(target, source, which.at, count, bytes);
        }
      };
    },
  };
}

placed('Gather', (node) => gathering(node, 0));
placed('GatherV2', (node) => {
  const { constant, shape } = node.inputs[2]!;
  return gathering(node, constant && shape.length === 0 ? Number(constant.data[0]) : undefined);
});

// ---- adding ------------------------------------------------------------------------------------

placed('UnsortedSegmentSum', ({ inputs, outputs }) => {
  const [data, ids, number] = inputs as [Described, Described, Described];
  const rank = ids.shape.length;
  const isPrefix = ids.shape.join() === data.shape.slice(0, rank).join();
  if (!isFloats(data) || ids.dtype !== int32 || !number.constant || !isPrefix) return null;
  if (generatedKernels() === null || windowKernels() === null) return null;
  const { addRows } = generatedKernels()!;
  const { fill } = windowKernels()!;
  const segments = Number(number.constant.data[0]);
  const count = sizeOf(ids.shape);
  const bytes = FLOAT * sizeOf(data.shape.slice(rank));
  const all = FLOAT * sizeOf(outputs[0]!.shape);
  if (all !== segments * bytes) return null;
  return {
    role: 'call',
    reads: [0, 1],
    writes: [],
    mayFail: true,
    emit([x, at], [y], heap) {
      const [from, which, to] = [x!.home, at!.home, y!.home];
      return () => {
        if (!areWithin(heap, which.at, count, LOWEST_INDEX, segments)) {
          const many = hostValue(int32, [], Int32Array.of(segments));
          refuse('UnsortedSegmentSum', [zeros(ids.shape), integersAt(at!, heap), many]);
        }
        fill(to.at, all, 0);
        addRows(to.at, from.at, which.at, count, bytes, 1);
      };
    },
  };
});

/** Adds the rows of input 2, times `scale`, to rows of the variable at input 0. */
function scattering({ inputs }: PlacedNode, scale: number): Call | null {
  const [variable, indices, updates] = inputs as [Described, Described, Described];
  const [rows, ...row] = variable.shape;
  const wanted = [...indices.shape, ...row].join();
  if (rows === undefined || !isFloats(variable) || !isFloats(updates)) return null;
  if (indices.dtype !== int32 || updates.shape.join() !== wanted) return null;
  if (generatedKernels() === null) return null;
  const { addRows } = generatedKernels()!;
  const [count, bytes] = [sizeOf(indices.shape), FLOAT * sizeOf(row)];
  return {
    role: 'call',
    reads: [1, 2],
    writes: [0],
    isScattered: true,
    mayFail: true,
    emit([x, at, y], _outputs, heap) {
      const [to, which, from] = [x!.home, at!.home, y!.home];
      return () => {
        if (!areWithin(heap, which.at, count, 0, rows)) refuseIndices(at!, rows, heap);
        addRows(to.at, from.at, which.at, count, bytes, scale);
      };
    },
  };
}

for (const [type, scale] of [
  ['ScatterAdd', 1],
  ['ScatterSub', -1],
] as const) {
  placed(type, (node) => scattering(node, scale));
  placed(`Resource${type}`, (node) => scattering(node, scale));
}
