/** What each optimizer does to a run of elements. `v` is the variable, then its slots, as TensorFlow orders them. */

import type { TypedArray } from '../../core/dtype.ts';
import type { Attrs } from '../../core/kernels.ts';

/** Updates `n` elements of the slots from `at`, by the gradient's elements from `from`. `h` are the scalars in order. */
export type Update = (
  slots: readonly TypedArray[],
  at: number,
  grad: TypedArray,
  from: number,
  n: number,
  h: readonly number[],
  attrs: Attrs,
) => void;

/** An optimizer's op: its variable and slots, its other inputs in order, and its rule. */
export interface Rule {
  readonly slots: readonly string[];
  /** The inputs after the slots; `grad` is the gradient, all others are scalars. */
  readonly args: readonly string[];
  readonly update: Update;
  /** Whether there is no form for sparse gradients. */
  readonly denseOnly?: boolean;
}

const gradientDescent: Update = ([v], at, grad, from, n, [alpha]) => {
  for (let i = 0; i < n; i++) v![at + i]! -= alpha! * grad[from + i]!;
};

const momentum: Update = ([v, accum], at, grad, from, n, [lr, rate], { use_nesterov }) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    const a = accum![at + i]! * rate! + g;
    accum![at + i] = a;
    v![at + i]! -= use_nesterov ? g * lr! + a * rate! * lr! : a * lr!;
  }
};

const adam: Update = ([v, m, s], at, grad, from, n, h, { use_nesterov }) => {
  const [beta1Power, beta2Power, lr, beta1, beta2, epsilon] = h as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const alpha = (lr * Math.sqrt(1 - beta2Power)) / (1 - beta1Power);
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    const mean = m![at + i]! + (g - m![at + i]!) * (1 - beta1);
    const square = s![at + i]! + (g * g - s![at + i]!) * (1 - beta2);
    m![at + i] = mean;
    s![at + i] = square;
    const step = use_nesterov ? g * (1 - beta1) + beta1 * mean : mean;
    v![at + i]! -= (step * alpha) / (Math.sqrt(square) + epsilon);
  }
};

const adagrad: Update = ([v, accum], at, grad, from, n, [lr], { update_slots }) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    if (update_slots !== false) accum![at + i]! += g * g;
    v![at + i]! -= (g * lr!) / Math.sqrt(accum![at + i]!);
  }
};

const adadelta: Update = ([v, accum, accumUpdate], at, grad, from, n, [lr, rho, epsilon]) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    const a = accum![at + i]! * rho! + g * g * (1 - rho!);
    accum![at + i] = a;
    const update = (Math.sqrt(accumUpdate![at + i]! + epsilon!) / Math.sqrt(a + epsilon!)) * g;
    v![at + i]! -= update * lr!;
    accumUpdate![at + i] = accumUpdate![at + i]! * rho! + update * update * (1 - rho!);
  }
};

const adagradDA: Update = ([v, sum, squares], at, grad, from, n, [lr, l1, l2, step]) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    sum![at + i]! += g;
    squares![at + i]! += g * g;
    const total = sum![at + i]!;
    const shrunk = l1! > 0 ? Math.sign(total) * Math.max(Math.abs(total) - step! * l1!, 0) : total;
    v![at + i] = (-lr! * shrunk) / (l2! * step! * lr! + Math.sqrt(squares![at + i]!));
  }
};

/** Follow the regularized leader; with `shrinkage`, its V2 form. */
function ftrl(shrinkage: boolean): Update {
  return ([v, accum, linear], at, grad, from, n, h) => {
    const [lr, l1, l2] = h as readonly [number, number, number];
    const shrink = shrinkage ? h[3]! : 0;
    const power = -(shrinkage ? h[4]! : h[3]!);
    const raised = (x: number) => (power === 0.5 ? Math.sqrt(x) : x ** power);
    for (let i = 0; i < n; i++) {
      const g = grad[from + i]!;
      const w = v![at + i]!;
      const before = accum![at + i]!;
      const after = before + g * g;
      linear![at + i]! += g + 2 * shrink * w - ((raised(after) - raised(before)) / lr) * w;
      const z = linear![at + i]!;
      v![at + i] = Math.abs(z) > l1 ? (l1 * Math.sign(z) - z) / (raised(after) / lr + 2 * l2) : 0;
      accum![at + i] = after;
    }
  };
}

const rmsProp: Update = ([v, ms, mom], at, grad, from, n, [lr, rho, rate, epsilon]) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    const square = ms![at + i]! + (g * g - ms![at + i]!) * (1 - rho!);
    ms![at + i] = square;
    const step = mom![at + i]! * rate! + (g * lr!) / Math.sqrt(square + epsilon!);
    mom![at + i] = step;
    v![at + i]! -= step;
  }
};

const centeredRmsProp: Update = ([v, mg, ms, mom], at, grad, from, n, [lr, rho, rate, epsilon]) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    const square = ms![at + i]! + (g * g - ms![at + i]!) * (1 - rho!);
    const mean = mg![at + i]! + (g - mg![at + i]!) * (1 - rho!);
    ms![at + i] = square;
    mg![at + i] = mean;
    const step = mom![at + i]! * rate! + (g * lr!) / Math.sqrt(square - mean * mean + epsilon!);
    mom![at + i] = step;
    v![at + i]! -= step;
  }
};

/** A step to `w`, then the shrinkage of l1 and l2 regularization with rate `lr`. */
function proximal(w: number, lr: number, l1: number, l2: number): number {
  const shrunk = l1 > 0 ? Math.sign(w) * Math.max(Math.abs(w) - lr * l1, 0) : w;
  return shrunk / (1 + l2 * lr);
}

const proximalGradientDescent: Update = ([v], at, grad, from, n, [alpha, l1, l2]) => {
  for (let i = 0; i < n; i++) {
    v![at + i] = proximal(v![at + i]! - grad[from + i]! * alpha!, alpha!, l1!, l2!);
  }
};

const proximalAdagrad: Update = ([v, accum], at, grad, from, n, [lr, l1, l2]) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    accum![at + i]! += g * g;
    const rate = lr! / Math.sqrt(accum![at + i]!);
    v![at + i] = proximal(v![at + i]! - g * rate, rate, l1!, l2!);
  }
};

const adaMax: Update = ([v, m, s], at, grad, from, n, [beta1Power, lr, beta1, beta2, epsilon]) => {
  for (let i = 0; i < n; i++) {
    const g = grad[from + i]!;
    m![at + i]! += (g - m![at + i]!) * (1 - beta1!);
    s![at + i] = Math.max(beta2! * s![at + i]!, Math.abs(g));
    v![at + i]! -= ((lr! / (1 - beta1Power!)) * m![at + i]!) / (s![at + i]! + epsilon!);
  }
};

/** Every optimizer's op, without its `Apply`. */
export const rules: Readonly<Record<string, Rule>> = {
  Adadelta: {
    slots: ['var', 'accum', 'accum_update'],
    args: ['lr', 'rho', 'epsilon', 'grad'],
    update: adadelta,
  },
  Adagrad: { slots: ['var', 'accum'], args: ['lr', 'grad'], update: adagrad },
  AdagradDA: {
    slots: ['var', 'gradient_accumulator', 'gradient_squared_accumulator'],
    args: ['grad', 'lr', 'l1', 'l2', 'global_step'],
    update: adagradDA,
  },
  Adam: {
    slots: ['var', 'm', 'v'],
    args: ['beta1_power', 'beta2_power', 'lr', 'beta1', 'beta2', 'epsilon', 'grad'],
    update: adam,
    denseOnly: true,
  },
  AdaMax: {
    slots: ['var', 'm', 'v'],
    args: ['beta1_power', 'lr', 'beta1', 'beta2', 'epsilon', 'grad'],
    update: adaMax,
    denseOnly: true,
  },
  CenteredRMSProp: {
    slots: ['var', 'mg', 'ms', 'mom'],
    args: ['lr', 'rho', 'momentum', 'epsilon', 'grad'],
    update: centeredRmsProp,
  },
  Ftrl: {
    slots: ['var', 'accum', 'linear'],
    args: ['grad', 'lr', 'l1', 'l2', 'lr_power'],
    update: ftrl(false),
  },
  FtrlV2: {
    slots: ['var', 'accum', 'linear'],
    args: ['grad', 'lr', 'l1', 'l2', 'l2_shrinkage', 'lr_power'],
    update: ftrl(true),
  },
  GradientDescent: {
    slots: ['var'],
    args: ['alpha', 'grad'],
    update: gradientDescent,
    denseOnly: true,
  },
  Momentum: { slots: ['var', 'accum'], args: ['lr', 'grad', 'momentum'], update: momentum },
  ProximalAdagrad: {
    slots: ['var', 'accum'],
    args: ['lr', 'l1', 'l2', 'grad'],
    update: proximalAdagrad,
  },
  ProximalGradientDescent: {
    slots: ['var'],
    args: ['alpha', 'l1', 'l2', 'grad'],
    update: proximalGradientDescent,
  },
  RMSProp: {
    slots: ['var', 'ms', 'mom'],
    args: ['lr', 'rho', 'momentum', 'epsilon', 'grad'],
    update: rmsProp,
  },
};
