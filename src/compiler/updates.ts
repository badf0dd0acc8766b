/**
 * The optimizers' updates as element-wise regions, so that a step reads and writes each variable and
 * slot once, in place. The order of operations is that of TensorFlow's training_ops, rounded to
 * float32 after each. Slots are flushed: WebAssembly has no mode that makes 0 of denormal numbers, as
 * TensorFlow does, and arithmetic on them is 30 times slower.
 */

import type { Region, RegionNode } from './elementwise.ts';

/** An update: its inputs are the slots, the gradient, then scalars; its outputs are the slots. */
export interface UpdateRegion {
  readonly region: Region;
  /** Writes the scalars of the region, made from those of the op, into `out`. */
  scalars(given: Float64Array, out: Float64Array): void;
}

/** The attributes that change a rule. */
export interface UpdateOptions {
  readonly use_nesterov?: unknown;
  readonly update_slots?: unknown;
}

/** Below it, products of a slot with `1 - decay` may be denormal. */
const SMALLEST_SQUARE = 2 ** -112;
const SMALLEST = 2 ** -126;

/** Writes a region down; values are what `op` and the lists of inputs give. */
class Recipe {
  readonly slots: readonly number[];
  readonly grad: number;
  readonly scalars: readonly number[];
  private readonly nodes: RegionNode[] = [];

  constructor(slots: number, scalars: number) {
    this.slots = Array.from({ length: slots }, (_, i) => i);
    this.grad = slots;
    this.scalars = Array.from({ length: scalars }, (_, i) => slots + 1 + i);
  }

  op(op: string, ...inputs: number[]): number {
    this.nodes.push({ op, inputs });
    return this.grad + this.scalars.length + this.nodes.length;
  }

  flush(x: number, value: number): number {
    this.nodes.push({ op: 'FlushToZero', inputs: [x], value });
    return this.grad + this.scalars.length + this.nodes.length;
  }

  /** `average + (x - average) * rate` */
  towards(average: number, x: number, rate: number): number {
    return this.op('Add', average, this.op('Mul', this.op('Sub', x, average), rate));
  }

  square(): number {
    return this.flush(this.op('Square', this.grad), SMALLEST_SQUARE);
  }

  region(outputs: readonly number[]): Region {
    const full = { type: 'float32', walks: '1' } as const;
    const scalar = { type: 'float32', walks: '0' } as const;
    const inputs = [...this.slots.map(() => full), full, ...this.scalars.map(() => scalar)];
    return { rank: 1, inputs, nodes: this.nodes, outputs };
  }
}

type Rule = (options: UpdateOptions) => UpdateRegion;
const asGiven = (given: Float64Array, out: Float64Array): void => out.set(given);

const gradientDescent: Rule = () => {
  const r = new Recipe(1, 1);
  const [v, alpha] = [r.slots[0]!, r.scalars[0]!];
  const region = r.region([r.op('Sub', v, r.op('Mul', alpha, r.grad))]);
  return { region, scalars: asGiven };
};

const momentum: Rule = ({ use_nesterov }) => {
  const r = new Recipe(2, 2);
  const [v, accum] = r.slots as [number, number];
  const [lr, rate] = r.scalars as [number, number];
  const a = r.flush(r.op('Add', r.op('Mul', accum, rate), r.grad), SMALLEST);
  const plain = (x: number) => r.op('Mul', x, lr);
  const step = use_nesterov ? r.op('Add', plain(r.grad), plain(r.op('Mul', a, rate))) : plain(a);
  return { region: r.region([r.op('Sub', v, step), a]), scalars: asGiven };
};

const adam: Rule = ({ use_nesterov }) => {
  const r = new Recipe(3, 5);
  const [v, m, s] = r.slots as [number, number, number];
  const [alpha, rate1, rate2, epsilon, beta1] = r.scalars as [
    number,
    number,
    number,
    number,
    number,
  ];
  const mean = r.flush(r.towards(m, r.grad, rate1), SMALLEST);
  const square = r.flush(r.towards(s, r.square(), rate2), SMALLEST_SQUARE);
  const direction = use_nesterov
    ? r.op('Add', r.op('Mul', r.grad, rate1), r.op('Mul', beta1, mean))
    : mean;
  const scale = r.op('Add', r.op('Sqrt', square), epsilon);
  const step = r.op('RealDiv', r.op('Mul', direction, alpha), scale);
  return {
    region: r.region([r.op('Sub', v, step), mean, square]),
    scalars(given, out) {
      const { 0: beta1Power, 1: beta2Power, 2: lr, 3: b1, 4: b2, 5: e } = given;
      out[0] = (lr! * Math.sqrt(1 - beta2Power!)) / (1 - beta1Power!);
      out[1] = 1 - b1!;
      out[2] = 1 - b2!;
      out[3] = e!;
      out[4] = b1!;
    },
  };
};

const adagrad: Rule = ({ update_slots }) => {
  const r = new Recipe(2, 1);
  const [v, accum] = r.slots as [number, number];
  const sum = update_slots === false ? accum : r.op('Add', accum, r.square());
  const step = r.op('RealDiv', r.op('Mul', r.grad, r.scalars[0]!), r.op('Sqrt', sum));
  return { region: r.region([r.op('Sub', v, step), sum]), scalars: asGiven };
};

const rmsProp: Rule = () => {
  const r = new Recipe(3, 4);
  const [v, ms, mom] = r.slots as [number, number, number];
  const [lr, rate, momentumRate, epsilon] = r.scalars as [number, number, number, number];
  const square = r.flush(r.towards(ms, r.square(), rate), SMALLEST_SQUARE);
  const scale = r.op('Sqrt', r.op('Add', square, epsilon));
  const part = r.op('RealDiv', r.op('Mul', r.grad, lr), scale);
  const step = r.flush(r.op('Add', r.op('Mul', mom, momentumRate), part), SMALLEST);
  return {
    region: r.region([r.op('Sub', v, step), square, step]),
    scalars(given, out) {
      asGiven(given, out);
      out[1] = 1 - given[1]!;
    },
  };
};

const RULES: Readonly<Record<string, Rule>> = {
  GradientDescent: gradientDescent,
  Momentum: momentum,
  Adam: adam,
  Adagrad: adagrad,
  RMSProp: rmsProp,
};

/** The optimizers that have a region, by their op's name without `Apply`. */
export const updateNames: readonly string[] = Object.keys(RULES);

/** The update of optimizer `name`, one of `updateNames`. Its op's scalars are in the op's order. */
export function updateRegion(name: string, options: UpdateOptions): UpdateRegion {
  return RULES[name]!(options);
}
