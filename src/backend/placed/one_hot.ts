/** Classes as rows of zeros with a one. */

import { float32, int32 } from '../../core/dtype.ts';
import { sizeOf } from '../value.ts';
import { type Described, placed } from './registry.ts';

const FLOAT = 4;

/** The number that a scalar is known to be. */
const numberOf = ({ constant, shape }: Described): number | null =>
  constant && shape.length === 0 ? Number(constant.data[0]) : null;

placed('OneHot', ({ attrs, inputs, outputs }) => {
  const [indices, depth, on, off] = inputs as [Described, Described, Described, Described];
  const [{ dtype, shape }] = outputs as [Described];
  const [set, unset] = [numberOf(on), numberOf(off)];
  if (set === null || unset === null || !depth.constant || indices.dtype !== int32) return null;
  if (dtype !== float32 && dtype !== int32) return null;
  const rank = indices.shape.length;
  const axis = attrs.axis === -1 ? rank : (attrs.axis as number);
  const inner = sizeOf(indices.shape.slice(axis));
  const count = sizeOf(indices.shape);
  const [classes, size] = [shape[axis]!, sizeOf(shape)];
  return {
    role: 'call',
    reads: [0],
    writes: [],
    emit: ([x], [y], heap) => {
      const [from, to] = [x!.home, y!.home];
      return () => {
        const { words } = heap;
        const result = dtype === float32 ? heap.numbers : words;
        const [first, start] = [from.at / FLOAT, to.at / FLOAT];
        result.fill(unset, start, start + size);
        for (let i = 0; i < count; i++) {
          const hot = words[first + i]!;
          if (hot < 0 || hot >= classes) continue;
          const column = i % inner;
          result[start + (((i - column) / inner) * classes + hot) * inner + column] = set;
        }
      };
    },
  };
});
