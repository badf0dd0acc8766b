/**
 * Host kernels of recurrent cells that are one op. A step works on plain arrays in double precision; the
 * kernel of a sequence is a loop over the kernel of a step, forwards, and backwards for its gradient.
 */

import type { TypedArray } from '../../core/dtype.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar } from './box.ts';
import { gemm, rowMajor, transposed } from './gemm.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Where the four gates stand in the sums of one row. */
interface Order {
  readonly i: number;
  readonly ci: number;
  readonly f: number;
  readonly o: number;
}
const ICFO: Order = { i: 0, ci: 1, f: 2, o: 3 };
const IFCO: Order = { i: 0, f: 1, ci: 2, o: 3 };

interface Weights {
  readonly w: TypedArray;
  readonly wci: TypedArray;
  readonly wcf: TypedArray;
  readonly wco: TypedArray;
  readonly b: TypedArray;
}

interface Cell {
  readonly batch: number;
  readonly depth: number;
  readonly cells: number;
  readonly order: Order;
  readonly peephole: boolean;
  readonly forgetBias: number;
  readonly clip: number;
  readonly weights: Weights;
}

/** Refuses a state whose rows are not those of the batch, or whose columns are not the cells. */
function checkState(name: string, { shape }: Value, batch: number, cells: number, word = 'dims') {
  const [rows, columns] = shape as [number, number];
  if (rows !== batch) invalid(`${name}.${word}(0) != batch_size: ${rows} vs. ${batch}`);
  if (columns !== cells) invalid(`${name}.${word}(1) != cell_size: ${columns} vs. ${cells}`);
}

/** The names of the states that the gradient of a step is given. */
const STATES = ['i', 'cs', 'f', 'o', 'ci', 'co', 'cs_grad', 'h_grad'];

function cellOf(
  [x, csPrev, hPrev, w, wci, wcf, wco, b]: readonly Value[],
  attrs: Attrs,
  order: Order,
): Cell {
  const [batch, depth] = x!.shape.slice(-2) as [number, number];
  const cells = csPrev!.shape[1]!;
  checkState('cs_prev', csPrev!, batch, cells);
  checkState('h_prev', hPrev!, batch, cells);
  if (w!.shape[0] !== depth + cells) {
    invalid(`w.dim_size(0) != input_size + cell_size: ${w!.shape[0]} vs. ${depth + cells}`);
  }
  if (w!.shape[1] !== 4 * cells) {
    invalid(`w.dim_size(1) != cell_size * 4: ${w!.shape[1]} vs. ${4 * cells}`);
  }
  if (b!.size !== 4 * cells) {
    invalid(`b.dim_size(0) != cell_size * 4: ${b!.size} vs. ${4 * cells}`);
  }
  const [p, q, r, s, t] = [w!, wci!, wcf!, wco!, b!].map(numbersOf);
  return {
    batch,
    depth,
    cells,
    order,
    peephole: attrs.use_peephole === true,
    forgetBias: (attrs.forget_bias as number | undefined) ?? 0,
    clip: (attrs.cell_clip as number | undefined) ?? 0,
    weights: { w: p!, wci: q!, wcf: r!, wco: s!, b: t! },
  };
}

/** The outputs of one step, one after the other as the op has them: i, cs, f, o, ci, co, h. */
type Outputs = readonly TypedArray[];

/** `x` and `h`, row by row beside each other. */
function beside(x: TypedArray, h: TypedArray, batch: number): Float64Array {
  const [depth, cells] = [x.length / batch, h.length / batch];
  const rows = new Float64Array(batch * (depth + cells));
  for (let b = 0; b < batch; b++) {
    const at = b * (depth + cells);
    rows.set(x.subarray(b * depth, (b + 1) * depth), at);
    rows.set(h.subarray(b * cells, (b + 1) * cells), at + depth);
  }
  return rows;
}

function product(
  rows: number,
  columns: number,
  inner: number,
  a: TypedArray,
  b: TypedArray,
  transposeB = false,
): Float64Array {
  const c = new Float64Array(rows * columns);
  const right = transposeB ? transposed(rowMajor(b, inner)) : rowMajor(b, columns);
  gemm(rows, columns, inner, rowMajor(a, inner), right, rowMajor(c, columns), false);
  return c;
}

function lstmStep(cell: Cell, x: TypedArray, csPrev: TypedArray, hPrev: TypedArray, to: Outputs) {
  const { batch, depth, cells, order, peephole, forgetBias, clip, weights } = cell;
  const { w, wci, wcf, wco, b } = weights;
  const [i, cs, f, o, ci, co, h] = to as [
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
  ];
  const sums = product(batch, 4 * cells, depth + cells, beside(x, hPrev, batch), w);
  for (let at = 0; at < batch * cells; at++) {
    const k = at % cells;
    const row = ((at - k) / cells) * 4 * cells;
    const gate = (g: number) => sums[row + g * cells + k]! + b[g * cells + k]!;
    const before = csPrev[at]!;
    i[at] = sigmoid(gate(order.i) + (peephole ? before * wci[k]! : 0));
    f[at] = sigmoid(gate(order.f) + forgetBias + (peephole ? before * wcf[k]! : 0));
    ci[at] = Math.tanh(gate(order.ci));
    const memory = ci[at]! * i[at]! + before * f[at]!;
    cs[at] = clip > 0 ? Math.min(clip, Math.max(-clip, memory)) : memory;
    o[at] = sigmoid(gate(order.o) + (peephole ? cs[at]! * wco[k]! : 0));
    co[at] = Math.tanh(cs[at]!);
    h[at] = o[at]! * co[at]!;
  }
}

interface StepGradients {
  readonly csPrev: Float64Array;
  readonly sums: Float64Array;
}

/** Adds to the peepholes' gradients; gives those of the memory before and of the gates' sums. */
function lstmStepBack(
  cell: Cell,
  csPrev: TypedArray,
  [i, cs, f, o, ci, co]: Outputs,
  csGrad: TypedArray,
  hGrad: TypedArray,
  peepholes: readonly Float64Array[],
): StepGradients {
  const { batch, cells, order, peephole, weights } = cell;
  const { wci, wcf, wco } = weights;
  const [dwci, dwcf, dwco] = peepholes as [Float64Array, Float64Array, Float64Array];
  const back = new Float64Array(batch * cells);
  const sums = new Float64Array(4 * batch * cells);
  for (let at = 0; at < batch * cells; at++) {
    const k = at % cells;
    const row = ((at - k) / cells) * 4 * cells;
    const dOut = o![at]! * (1 - o![at]!) * hGrad[at]! * co![at]!;
    let dMemory = (1 - co![at]! ** 2) * hGrad[at]! * o![at]! + csGrad[at]!;
    if (peephole) dMemory += dOut * wco[k]!;
    const dNew = (1 - ci![at]! ** 2) * dMemory * i![at]!;
    const dForget = f![at]! * (1 - f![at]!) * dMemory * csPrev[at]!;
    const dIn = i![at]! * (1 - i![at]!) * dMemory * ci![at]!;
    sums[row + order.i * cells + k] = dIn;
    sums[row + order.ci * cells + k] = dNew;
    sums[row + order.f * cells + k] = dForget;
    sums[row + order.o * cells + k] = dOut;
    back[at] = dMemory * f![at]!;
    if (!peephole) continue;
    back[at]! += dIn * wci[k]! + dForget * wcf[k]!;
    dwci[k]! += dIn * csPrev[at]!;
    dwcf[k]! += dForget * csPrev[at]!;
    dwco[k]! += dOut * cs![at]!;
  }
  return { csPrev: back, sums };
}

const rounded = (values: readonly Value[]): readonly Value[] => {
  for (const value of values) roundTo16(numbersOf(value), value.dtype);
  return values;
};

function stored(context: KernelContext, like: Value, numbers: TypedArray): Value {
  const value = context.alloc(like.dtype, like.shape);
  numbersOf(value).set(numbers);
  return value;
}

kernel('LSTMBlockCell', (inputs, attrs, context) => {
  const [x, csPrev, hPrev] = inputs as [Value, Value, Value];
  const outputs = Array.from({ length: 7 }, () => context.alloc(x.dtype, csPrev.shape));
  const cell = cellOf(inputs, attrs, ICFO);
  const [from, before, last] = [x, csPrev, hPrev].map(numbersOf) as TypedArray[];
  lstmStep(cell, from!, before!, last!, outputs.map(numbersOf));
  return rounded(outputs);
});

kernel('LSTMBlockCellGrad', (inputs, attrs, context) => {
  const [x, csPrev, , , wci, wcf, wco] = inputs as Value[];
  const cell = cellOf(inputs, attrs, ICFO);
  STATES.forEach((name, k) => {
    checkState(name, inputs[8 + k]!, cell.batch, cell.cells, 'dim_size');
  });
  const peepholes = [wci!, wcf!, wco!].map(({ size }) => new Float64Array(size));
  const [i, cs, f, o, ci, co, csGrad, hGrad] = inputs.slice(8).map(numbersOf) as TypedArray[];
  const states = [i!, cs!, f!, o!, ci!, co!];
  const back = lstmStepBack(cell, numbersOf(csPrev!), states, csGrad!, hGrad!, peepholes);
  const sums = context.alloc(x!.dtype, [cell.batch, 4 * cell.cells]);
  numbersOf(sums).set(back.sums);
  return rounded([
    stored(context, csPrev!, back.csPrev),
    sums,
    ...[wci!, wcf!, wco!].map((w, k) => stored(context, w, peepholes[k]!)),
  ]);
});

// ---- sequences ---------------------------------------------------------------------------------

const sequence =
  (order: Order): Kernel =>
  ([length, ...inputs], attrs, context) => {
    const [x, csPrev, hPrev] = inputs as [Value, Value, Value];
    const [time, batch] = x.shape as [number, number];
    const steps = scalar(length!);
    if (steps > time) invalid(`seq_len_max must be <= timelen: ${steps} vs. ${time}`);
    const shape = [time, batch, csPrev.shape[1]!];
    const outputs = Array.from({ length: 7 }, () => context.zeros(x.dtype, shape));
    const cell = cellOf(inputs, attrs, order);
    const size = batch * cell.cells;
    let [memory, state] = [numbersOf(csPrev), numbersOf(hPrev)];
    for (let t = 0; t < steps; t++) {
      const part = outputs.map((value) => numbersOf(value).subarray(t * size, (t + 1) * size));
      lstmStep(cell, stepOf(numbersOf(x), t, batch * cell.depth), memory, state, part);
      [memory, state] = [part[1]!, part[6]!];
    }
    return rounded(outputs);
  };
kernel('BlockLSTM', sequence(ICFO));
kernel('BlockLSTMV2', sequence(IFCO));

const stepOf = (x: TypedArray, t: number, size: number): TypedArray =>
  x.subarray(t * size, (t + 1) * size);

function sumOf(a: TypedArray, b: Float64Array): Float64Array {
  return Float64Array.from(a, (x, k) => x + b[k]!);
}

const sequenceBack =
  (order: Order): Kernel =>
  ([length, ...inputs], attrs, context) => {
    const [x, csPrev, hPrev, w, wci, wcf, wco, b] = inputs as [
      Value,
      Value,
      Value,
      Value,
      Value,
      Value,
      Value,
      Value,
    ];
    const cell = cellOf(inputs, attrs, order);
    const { batch, depth, cells } = cell;
    const states = inputs.slice(8, 15).map(numbersOf);
    const [csGrad, hGrad] = inputs.slice(15).map(numbersOf) as [TypedArray, TypedArray];
    const peepholes = [wci, wcf, wco].map((value) => new Float64Array(value.size));
    const size = batch * cells;
    const dx = new Float64Array(x.size);
    const [dw, db] = [new Float64Array(w.size), new Float64Array(b.size)];
    let dcs: Float64Array = new Float64Array(size);
    let dh: Float64Array = new Float64Array(size);
    for (let t = scalar(length!) - 1; t >= 0; t--) {
      const now = states.map((state) => stepOf(state, t, size));
      const memory = t > 0 ? stepOf(states[1]!, t - 1, size) : numbersOf(csPrev);
      const state = t > 0 ? stepOf(states[6]!, t - 1, size) : numbersOf(hPrev);
      const back = lstmStepBack(
        cell,
        memory,
        now,
        sumOf(stepOf(csGrad, t, size), dcs),
        sumOf(stepOf(hGrad, t, size), dh),
        peepholes,
      );
      const rows = beside(stepOf(numbersOf(x), t, batch * depth), state, batch);
      dcs = back.csPrev;
      dh = intoInputs(cell, back.sums, dx.subarray(t * batch * depth, (t + 1) * batch * depth));
      addWeights(cell, rows, back.sums, dw, db);
    }
    const found = [dx, dcs, dh, dw, ...peepholes, db];
    const like = [x, csPrev, hPrev, w, wci, wcf, wco, b];
    return rounded(found.map((numbers, k) => stored(context, like[k]!, numbers)));
  };
kernel('BlockLSTMGrad', sequenceBack(ICFO));
kernel('BlockLSTMGradV2', sequenceBack(IFCO));

/** Writes the gradient of the input, and gives that of the state before. */
function intoInputs({ batch, depth, cells, weights }: Cell, sums: Float64Array, dx: Float64Array) {
  const width = depth + cells;
  const slopes = product(batch, width, 4 * cells, sums, weights.w, true);
  const dh = new Float64Array(batch * cells);
  for (let b = 0; b < batch; b++) {
    dx.set(slopes.subarray(b * width, b * width + depth), b * depth);
    dh.set(slopes.subarray(b * width + depth, (b + 1) * width), b * cells);
  }
  return dh;
}

function addWeights(
  { batch, depth, cells }: Cell,
  rows: Float64Array,
  sums: Float64Array,
  dw: Float64Array,
  db: Float64Array,
): void {
  const [height, width] = [depth + cells, 4 * cells];
  const left = transposed(rowMajor(rows, height));
  gemm(height, width, batch, left, rowMajor(sums, width), rowMajor(dw, width), true);
  for (let at = 0; at < sums.length; at++) db[at % width]! += sums[at]!;
}

// ---- GRU ---------------------------------------------------------------------------------------

interface GruSizes {
  readonly batch: number;
  readonly depth: number;
  readonly cells: number;
}

/** The sizes of a step, which all operands have to agree with. */
function gruSizes([x, hPrev, wRu, wC, bRu, bC]: readonly Value[]): GruSizes {
  const [batch, depth] = x!.shape as [number, number];
  const cells = hPrev!.shape[1]!;
  checkState('h_prev', hPrev!, batch, cells);
  for (const [name, w, parts] of [
    ['w_ru', wRu!, 2],
    ['w_c', wC!, 1],
  ] as const) {
    const [rows, columns] = w.shape as [number, number];
    if (rows !== depth + cells) {
      invalid(`${name}.dim_size(0) != input_size + cell_size: ${rows} vs. ${depth + cells}`);
    }
    checkWidth(`${name}.dim_size(1)`, columns, cells, parts);
  }
  checkWidth('b_ru.dim_size(0)', bRu!.size, cells, 2);
  checkWidth('b_c.dim_size(0)', bC!.size, cells, 1);
  return { batch, depth, cells };
}

function checkWidth(name: string, size: number, cells: number, parts: number): void {
  if (size === parts * cells) return;
  invalid(`${name} != cell_size${parts > 1 ? ` * ${parts}` : ''}: ${size} vs. ${parts * cells}`);
}

kernel('GRUBlockCell', (inputs, _attrs, context) => {
  const [x, hPrev, wRu, wC, bRu, bC] = inputs;
  const { batch, depth, cells } = gruSizes(inputs);
  const outputs = Array.from({ length: 4 }, () => context.alloc(x!.dtype, hPrev!.shape));
  const [r, u, c, h] = outputs.map(numbersOf) as [TypedArray, TypedArray, TypedArray, TypedArray];
  const [from, before] = [numbersOf(x!), numbersOf(hPrev!)];
  const inner = depth + cells;
  const gates = product(batch, 2 * cells, inner, beside(from, before, batch), numbersOf(wRu!));
  const kept = new Float64Array(batch * cells);
  for (let at = 0; at < kept.length; at++) {
    const k = at % cells;
    const row = ((at - k) / cells) * 2 * cells;
    r[at] = sigmoid(gates[row + k]! + numbersOf(bRu!)[k]!);
    u[at] = sigmoid(gates[row + cells + k]! + numbersOf(bRu!)[cells + k]!);
    kept[at] = before[at]! * r[at]!;
  }
  const contents = product(batch, cells, inner, beside(from, kept, batch), numbersOf(wC!));
  for (let at = 0; at < kept.length; at++) {
    c[at] = Math.tanh(contents[at]! + numbersOf(bC!)[at % cells]!);
    h[at] = u[at]! * before[at]! + (1 - u[at]!) * c[at]!;
  }
  return outputs;
});

kernel('GRUBlockCellGrad', (inputs, _attrs, context) => {
  const [x, hPrev, wRu, wC, , , gateR, gateU, contents, slope] = inputs;
  const { batch, depth, cells } = gruSizes(inputs);
  ['r', 'u', 'c', 'd_h'].forEach((name, k) => {
    checkState(name, inputs[6 + k]!, batch, cells);
  });
  const outputs = [x!, hPrev!, hPrev!].map(({ shape }) => context.alloc(x!.dtype, shape));
  const gates = context.alloc(x!.dtype, [batch, 2 * cells]);
  const [r, u, c, dh, before] = [gateR!, gateU!, contents!, slope!, hPrev!].map(numbersOf) as [
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
    TypedArray,
  ];
  const [dx, dhPrev, dc] = outputs.map(numbersOf) as [TypedArray, TypedArray, TypedArray];
  const dru = numbersOf(gates);
  for (let at = 0; at < dc.length; at++) dc[at] = dh[at]! * (1 - u[at]!) * (1 - c[at]! ** 2);
  const width = depth + cells;
  const second = product(batch, width, cells, dc, numbersOf(wC!), true);
  const place = (at: number) => Math.floor(at / cells) * width + depth + (at % cells);
  for (let at = 0; at < dc.length; at++) {
    const row = Math.floor(at / cells) * 2 * cells + (at % cells);
    dru[row] = second[place(at)]! * before[at]! * r[at]! * (1 - r[at]!);
    dru[row + cells] = dh[at]! * (before[at]! - c[at]!) * u[at]! * (1 - u[at]!);
  }
  const first = product(batch, width, 2 * cells, dru, numbersOf(wRu!), true);
  for (let at = 0; at < dx.length; at++) {
    const from = Math.floor(at / depth) * width + (at % depth);
    dx[at] = first[from]! + second[from]!;
  }
  for (let at = 0; at < dc.length; at++) {
    dhPrev[at] = first[place(at)]! + second[place(at)]! * r[at]! + dh[at]! * u[at]!;
  }
  return [...outputs, gates];
});
