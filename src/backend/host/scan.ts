/** Running sums and products along one axis. */

import type { TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar, shapeText, sizeOf } from './box.ts';
import * as complex from './complex.ts';
import { laneOf, type Numbers, settle, source, target } from './lanes.ts';
import { unsupported } from './unary.ts';

type Step = (total: number, x: number) => number;

interface Steps {
  /** The value before the first element. */
  readonly start: number;
  readonly real: Step;
  readonly int: Step;
  readonly complex: complex.ComplexFunction2;
}

/** How the elements of one line follow each other. */
interface Line {
  readonly n: number;
  /** From one element to the next; negative for a reverse scan. */
  readonly step: number;
  readonly exclusive: boolean;
}

function scan(type: string, steps: Steps): void {
  kernel(type, ([x, axisValue], attrs, context) => {
    const axis = scanAxis(x!, axisValue!);
    const y = context.alloc(x!.dtype, x!.shape);
    const n = x!.shape[axis]!;
    const inner = sizeOf(x!.shape.slice(axis + 1));
    const reverse = attrs.reverse === true;
    const line = { n, step: reverse ? -inner : inner, exclusive: attrs.exclusive === true };
    const lane = laneOf(x!.dtype);
    if (lane === 'string') unsupported(type, x!.dtype);
    const from = source(lane, x!.data);
    const work = lane === 'complex' ? (y.data as Numbers) : target(lane, y.data);
    const lines = n === 0 ? 0 : x!.size / n;
    for (let l = 0; l < lines; l++) {
      const column = l % inner;
      const start = (l - column) * n + column + (reverse ? (n - 1) * inner : 0);
      if (lane === 'complex') complexLine(from, work, start, line, steps);
      else {
        const step = lane === 'int' || lane === 'narrow' ? steps.int : steps.real;
        realLine(from, work, start, line, steps.start, step);
      }
    }
    if (lane !== 'complex') settle(lane, work, y.data);
    return y;
  });
}

function scanAxis(x: Value, axisValue: Value): number {
  if (axisValue.shape.length > 0) {
    invalid(`ScanOp: axis must be a scalar, not ${shapeText(axisValue.shape)}`);
  }
  const rank = x.shape.length;
  const axis = scalar(axisValue);
  if (axis < -rank || axis >= rank) {
    invalid(`ScanOp: Expected scan axis in the range [${-rank}, ${rank}), but got ${axis}`);
  }
  return axis < 0 ? axis + rank : axis;
}

function realLine(
  x: Numbers,
  y: Numbers,
  at: number,
  { n, step, exclusive }: Line,
  start: number,
  combine: Step,
): void {
  let total = start;
  for (let r = 0, i = at; r < n; r++, i += step) {
    if (exclusive) y[i] = total;
    total = combine(total, x[i]!);
    if (!exclusive) y[i] = total;
  }
}

function complexLine(
  x: TypedArray,
  y: TypedArray,
  at: number,
  { n, step, exclusive }: Line,
  { start, complex: combine }: Steps,
): void {
  let [re, im] = [start, 0];
  for (let r = 0, i = 2 * at; r < n; r++, i += 2 * step) {
    const [before, beforeIm] = [re, im];
    combine(re, im, x[i]!, x[i + 1]!);
    re = complex.answer.re;
    im = complex.answer.im;
    y[i] = exclusive ? before : re;
    y[i + 1] = exclusive ? beforeIm : im;
  }
}

scan('Cumsum', {
  start: 0,
  real: (total, x) => total + x,
  int: (total, x) => (total + x) | 0,
  complex: complex.add,
});
scan('Cumprod', {
  start: 1,
  real: (total, x) => total * x,
  int: Math.imul,
  complex: complex.multiply,
});
