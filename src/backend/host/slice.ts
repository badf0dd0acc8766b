/** Slices: a box with the input's strides, read from or (for gradients) written into a larger array. */

import type { Data } from '../../core/dtype.ts';
import type { Attrs, Cell, Kernel, Value } from '../../core/kernels.ts';
import { denseSlice, type SliceMasks } from '../../core/strided_slice.ts';
import { kernel } from '../registry.ts';
import { copyBox, ints, invalid, type Place, shapeText, stridesOf, wholeOf } from './box.ts';
import { unimplemented } from './numeric.ts';
import { refValueOf, resourceValueOf } from './state.ts';

kernel('Slice', ([input, begin, size], _attrs, context) => {
  const { shape } = input!;
  const rank = shape.length;
  if (
    begin!.shape.length !== 1 ||
    size!.shape.length !== 1 ||
    begin!.size !== rank ||
    size!.size !== rank
  ) {
    invalid(
      `Expected begin and size arguments to be 1-D tensors of size ${rank}, but got shapes ${shapeText(begin!.shape)} and ${shapeText(size!.shape)} instead.`,
    );
  }
  const starts = ints(begin!);
  const dims = sliceSizes(shape, starts, ints(size!));
  const result = context.alloc(input!.dtype, dims);
  copyBox(input!.dtype, dims, result.data, wholeOf(dims), input!.data, placeOf(shape, starts));
  return result;
});

function sliceSizes(shape: readonly number[], begin: number[], size: readonly number[]): number[] {
  return size.map((asked, i) => {
    const dim = shape[i]!;
    const start = begin[i]!;
    const count = asked === -1 ? dim - start : asked;
    if (dim === 0 && (start !== 0 || count !== 0)) {
      invalid(
        `Expected begin[${i}] == 0 (got ${start}) and size[${i}] == 0 (got ${count}) when input.dim_size(${i}) == 0`,
      );
    }
    if (start < 0 || start > dim) {
      invalid(`Expected begin[${i}] in [0, ${dim}], but got ${start}`);
    }
    if (count < 0 || start + count > dim) {
      invalid(`Expected size[${i}] in [0, ${dim - start}], but got ${count}`);
    }
    return count;
  });
}

/** The place, in an array of `shape`, of the box that starts at `begin` and moves by `steps`. */
function placeOf(
  shape: readonly number[],
  begin: readonly number[],
  steps?: readonly number[],
): Place {
  const strides = stridesOf(shape);
  let offset = 0;
  for (let i = 0; i < strides.length; i++) {
    offset += begin[i]! * strides[i]!;
    if (steps) strides[i]! *= steps[i]!;
  }
  return { offset, strides };
}

interface Cut {
  readonly dims: number[];
  readonly shape: number[];
  readonly place: Place;
}

function stridedCut(
  shape: readonly number[],
  begin: Value,
  end: Value,
  strides: Value,
  attrs: Attrs,
): Cut {
  const vectors = [begin, end, strides].every((value) => value.shape.length === 1);
  if (!vectors || begin.size !== strides.size || end.size !== strides.size) {
    invalid(
      `Expected begin, end, and strides to be 1D equal size tensors, but got shapes ${shapeText(begin.shape)}, ${shapeText(end.shape)}, and ${shapeText(strides.shape)} instead.`,
    );
  }
  const masks: SliceMasks = {
    begin_mask: attrs.begin_mask as number,
    end_mask: attrs.end_mask as number,
    ellipsis_mask: attrs.ellipsis_mask as number,
    new_axis_mask: attrs.new_axis_mask as number,
    shrink_axis_mask: attrs.shrink_axis_mask as number,
  };
  const dense = denseSlice(shape, ints(begin), ints(end), ints(strides), masks);
  return {
    dims: dense.sizes as number[],
    shape: dense.shape as number[],
    place: placeOf(shape, dense.begin, dense.strides),
  };
}

kernel('StridedSlice', ([input, begin, end, strides], attrs, context) => {
  const cut = stridedCut(input!.shape, begin!, end!, strides!, attrs);
  const result = context.alloc(input!.dtype, cut.shape);
  copyBox(input!.dtype, cut.dims, result.data, wholeOf(cut.dims), input!.data, cut.place);
  return result;
});

kernel('StridedSliceGrad', ([shape, begin, end, strides, dy], attrs, context) => {
  const whole = ints(shape!);
  const cut = stridedCut(whole, begin!, end!, strides!, attrs);
  if (dy!.shape.length !== cut.shape.length || cut.shape.some((dim, i) => dim !== dy!.shape[i])) {
    invalid(`shape of dy was ${shapeText(dy!.shape)} instead of ${shapeText(cut.shape)}`);
  }
  const result = context.zeros(dy!.dtype, whole);
  copyBox(dy!.dtype, cut.dims, result.data, cut.place, dy!.data, wholeOf(cut.dims));
  return result;
});

// ---- slices of variables -----------------------------------------------------------------------

const assignSlice =
  (read: (cell: Cell) => Value, givesReference: boolean): Kernel =>
  ([handle, begin, end, strides, value], attrs, context) => {
    const cell = context.cell(handle!);
    const cut = stridedCut(read(cell).shape, begin!, end!, strides!, attrs);
    if (shapeText(cut.shape) !== shapeText(value!.shape)) {
      unimplemented(
        `sliced l-value shape ${shapeText(cut.shape)} does not match r-value shape ${shapeText(value!.shape)}. Automatic broadcasting not yet implemented.`,
      );
    }
    const { dtype, data } = cell.writable();
    const source = value!.data === data ? (data.slice() as Data) : value!.data;
    copyBox(dtype, cut.dims, data, cut.place, source, wholeOf(cut.dims));
    return givesReference ? context.handle(handle!.dtype, cell) : null;
  };
kernel('StridedSliceAssign', assignSlice(refValueOf, true));
kernel('ResourceStridedSliceAssign', assignSlice(resourceValueOf, false));
