/** Ops that TensorFlow has for gradients alone: of element-wise functions given their results, and of broadcasting. */

import type { TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { binary } from './binary.ts';
import { numbers } from './box.ts';
import { broadcastShape } from './broadcast.ts';
import * as complex from './complex.ts';

const { answer, multiply } = complex;

/** Leaves `dy * (p + iq)` in `answer`. */
function scale(dyRe: number, dyIm: number): void {
  multiply(dyRe, dyIm, answer.re, answer.im);
}

binary('TanhGrad', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = b[j]! * (1 - a[i]! * a[i]!);
  },
  complex: (a, b, c, d) => {
    complex.square(a, b);
    multiply(c, d, 1 - answer.re, -answer.im);
  },
});
binary('SigmoidGrad', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = b[j]! * a[i]! * (1 - a[i]!);
  },
  complex: (a, b, c, d) => {
    multiply(a, b, 1 - a, -b);
    scale(c, d);
  },
});
binary('SqrtGrad', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = (b[j]! * 0.5) / a[i]!;
  },
  complex: (a, b, c, d) => complex.divide(c / 2, d / 2, a, -b),
});
binary('RsqrtGrad', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      o[k] = -0.5 * b[j]! * a[i]! * a[i]! * a[i]!;
    }
  },
  complex: (a, b, c, d) => {
    complex.square(a, -b);
    multiply(answer.re, answer.im, a, -b);
    scale(-c / 2, -d / 2);
  },
});
for (const type of ['InvGrad', 'ReciprocalGrad']) {
  binary(type, {
    real: (a, i, di, b, j, dj, o, k, n) => {
      for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = -b[j]! * a[i]! * a[i]!;
    },
    complex: (a, b, c, d) => {
      complex.square(a, -b);
      scale(-c, -d);
    },
  });
}

// ---- broadcasting ----------------------------------------------------------------------------

kernel('BroadcastArgs', ([s0, s1], _attrs, context) =>
  numbers(context, s0!.dtype, broadcastShape(shapeOf(s0!), shapeOf(s1!))),
);

kernel('BroadcastGradientArgs', ([s0, s1], _attrs, context) => {
  const [x, y] = [shapeOf(s0!), shapeOf(s1!)];
  const shape = broadcastShape(x, y);
  return [
    numbers(context, s0!.dtype, repeatedAxes(x, y, shape)),
    numbers(context, s0!.dtype, repeatedAxes(y, x, shape)),
  ];
});

function shapeOf(value: Value): number[] {
  return Array.from(value.data as TypedArray);
}

/** The axes of the result over which the gradient of the operand of shape `x` is summed. */
function repeatedAxes(
  x: readonly number[],
  y: readonly number[],
  shape: readonly number[],
): number[] {
  // TensorFlow says "none" for equal shapes, but counts every 1 where they differ at all.
  if (x.length === y.length && x.every((n, d) => n === y[d])) return [];
  return shape.map((_, d) => d).filter((d) => (x[d - shape.length + x.length] ?? 1) === 1);
}
