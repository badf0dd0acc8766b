/** Comparisons, logic and selection. Operands of any type meet in at most three classes of array. */

import { bool, type Data, elementWidth, type Text } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { copyRun, invalid, shapeText, sizeOf } from './box.ts';
import { type BinaryLoop, broadcast, broadcastShape, sameShape } from './broadcast.ts';
import { laneOf, type Numbers, source } from './lanes.ts';
import { unsupported } from './unary.ts';

type Comparison<A = Numbers> = BinaryLoop<A, Uint8Array>;

interface Comparisons {
  readonly real: Comparison;
  readonly complex?: Comparison;
  readonly string?: Comparison<Text[]>;
}

function comparison(type: string, loops: Comparisons): void {
  kernel(type, ([x, y], _attrs, context) => {
    const shape = broadcastShape(x!.shape, y!.shape);
    const z = context.alloc(bool, shape);
    const answers = z.data as Uint8Array;
    const lane = laneOf(x!.dtype);
    if (lane === 'string') {
      const loop = loops.string ?? unsupported(type, x!.dtype);
      broadcast(loop, x!.data as Text[], x!.shape, y!.data as Text[], y!.shape, answers, shape);
    } else {
      const loop = lane === 'complex' ? (loops.complex ?? unsupported(type, x!.dtype)) : loops.real;
      const a = source(lane, x!.data);
      broadcast(loop, a, x!.shape, source(lane, y!.data), y!.shape, answers, shape);
    }
    return z;
  });
}

// ---- equality --------------------------------------------------------------------------------

function sameText(x: Text, y: Text): boolean {
  if (typeof x === 'string' || typeof y === 'string') return x === y;
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

comparison('Equal', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i] === b[j] ? 1 : 0;
  },
  complex: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      o[k] = a[2 * i] === b[2 * j] && a[2 * i + 1] === b[2 * j + 1] ? 1 : 0;
    }
  },
  string: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = sameText(a[i]!, b[j]!) ? 1 : 0;
  },
});
comparison('NotEqual', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i] === b[j] ? 0 : 1;
  },
  complex: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) {
      o[k] = a[2 * i] === b[2 * j] && a[2 * i + 1] === b[2 * j + 1] ? 0 : 1;
    }
  },
  string: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = sameText(a[i]!, b[j]!) ? 0 : 1;
  },
});

kernel('ApproximateEqual', ([x, y], attrs, context) => {
  if (!sameShape(x!.shape, y!.shape)) {
    const [p, q] = [shapeText(x!.shape), shapeText(y!.shape)];
    invalid(`x and y must be of the same shape. x shape: ${p}. y shape: ${q}`);
  }
  const z = context.alloc(bool, x!.shape);
  const lane = laneOf(x!.dtype);
  const answers = z.data as Uint8Array;
  const width = elementWidth(x!.dtype);
  const tolerance = attrs.tolerance as number;
  const [a, b] = [source(lane, x!.data), source(lane, y!.data)];
  for (let i = 0; i < answers.length; i++) {
    const distance =
      width === 1
        ? Math.abs(a[i]! - b[i]!)
        : Math.hypot(a[2 * i]! - b[2 * i]!, a[2 * i + 1]! - b[2 * i + 1]!);
    answers[i] = distance < tolerance ? 1 : 0;
  }
  return z;
});

// ---- order -----------------------------------------------------------------------------------

comparison('Less', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! < b[j]! ? 1 : 0;
  },
});
comparison('LessEqual', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! <= b[j]! ? 1 : 0;
  },
});
comparison('Greater', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! > b[j]! ? 1 : 0;
  },
});
comparison('GreaterEqual', {
  real: (a, i, di, b, j, dj, o, k, n) => {
    for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! >= b[j]! ? 1 : 0;
  },
});

// ---- logic -----------------------------------------------------------------------------------

type Logic = BinaryLoop<Uint8Array, Uint8Array>;

function logic(type: string, loop: Logic): void {
  kernel(type, ([x, y], _attrs, context) => {
    const z = context.alloc(bool, broadcastShape(x!.shape, y!.shape));
    const [a, b, o] = [x!.data, y!.data, z.data] as Uint8Array[];
    broadcast(loop, a!, x!.shape, b!, y!.shape, o!, z.shape);
    return z;
  });
}

logic('LogicalAnd', (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! & b[j]!;
});
logic('LogicalOr', (a, i, di, b, j, dj, o, k, n) => {
  for (const end = k + n; k < end; k++, i += di, j += dj) o[k] = a[i]! | b[j]!;
});
kernel('LogicalNot', ([x], _attrs, context) => {
  const y = context.alloc(bool, x!.shape);
  const [from, to] = [x!.data as Uint8Array, y.data as Uint8Array];
  for (let i = 0; i < to.length; i++) to[i] = 1 - from[i]!;
  return y;
});

// ---- selection -------------------------------------------------------------------------------

kernel('Select', ([condition, t, e], _attrs, context) => {
  if (!sameShape(t!.shape, e!.shape)) {
    const [p, q] = [shapeText(t!.shape), shapeText(e!.shape)];
    invalid(`'then' and 'else' must have the same size.  but received: ${p} vs. ${q}`);
  }
  const run = runLength(condition!, t!) * elementWidth(t!.dtype);
  const out = context.alloc(t!.dtype, t!.shape);
  const flags = condition!.data as Uint8Array;
  if (run === 1) selectElements(flags, t!.data, e!.data, out.data);
  else {
    for (let r = 0; r < flags.length; r++) {
      copyRun(out.data, r * run, flags[r] ? t!.data : e!.data, r * run, run);
    }
  }
  return out;
});

/** Elements that one flag decides: all, a row of the first dimension, or one. */
function runLength(condition: Value, t: Value): number {
  if (sameShape(condition.shape, t.shape)) return 1;
  if (condition.shape.length === 0) return t.size;
  if (condition.shape.length > 1) {
    invalid(`'cond' must be a vector, but saw shape: ${shapeText(condition.shape)}`);
  }
  if (t.shape.length === 0) {
    invalid(`'then' must be at least a vector, but saw shape: ${shapeText(t.shape)}`);
  }
  if (t.shape[0] !== condition.size) {
    const sizes = `${t.shape[0]} vs. ${condition.size}`;
    invalid(`Number of batches of 'then' must match size of 'cond', but saw: ${sizes}`);
  }
  return sizeOf(t.shape.slice(1));
}

function selectElements(flags: Uint8Array, t: Data, e: Data, out: Data): void {
  if (out instanceof Float32Array) {
    selectFloats(flags, t as Float32Array, e as Float32Array, out);
    return;
  }
  // Indexing is the same for every kind of storage; the type only has to be one of them.
  const [p, q, o] = [t as Text[], e as Text[], out as Text[]];
  for (let i = 0; i < flags.length; i++) o[i] = flags[i] ? p[i]! : q[i]!;
}

function selectFloats(
  flags: Uint8Array,
  t: Float32Array,
  e: Float32Array,
  out: Float32Array,
): void {
  for (let i = 0; i < flags.length; i++) out[i] = flags[i] ? t[i]! : e[i]!;
}
