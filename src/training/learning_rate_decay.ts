/**
 * Learning rates that fall as the global step counts up. Each is a tensor; in eager mode its value is
 * computed at once. Where TF1 branches on the step with `tf.cond`, both values are computed here and one
 * is selected.
 */

import { case_ } from '../control/case.ts';
import type { Case } from '../control/results.ts';
import { toTensor } from '../core/convert.ts';
import { type DType, int32, int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { add, div, minimum, multiply, negative, pow } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { equal, greater, less_equal, logical_and, Select } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { minus, over, plus, power, times } from '../ops/infix.ts';
import { ceil, cos, exp, floor, log, sqrt } from '../ops/math.ts';
import { random_normal } from '../ops/random.ts';

/** The global step: a variable, a tensor or a number. */
type StepLike = TensorLike | null;

function required(global_step: StepLike, caller: string): TensorLike {
  if (global_step !== null) return global_step;
  throw new ValueError(`global_step is required for ${caller}.`);
}

/** How often `steps` fits into the global step; whole times with `staircase`. */
function periods(global_step: TensorLike, steps: Tensor, dtype: DType, staircase: boolean): Tensor {
  const fraction = over(cast(global_step, dtype), steps);
  return staircase ? floor(fraction) : fraction;
}

/** `learning_rate * decay_rate ^ (global_step / decay_steps)`, the exponent an integer with `staircase`. */
export const exponential_decay = fn(
  ['learning_rate', 'global_step', 'decay_steps', 'decay_rate', 'staircase', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    decay_rate: TensorLike,
    staircase: boolean = false,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'exponential_decay');
    return nameScope(name, 'ExponentialDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const { dtype } = rate;
      const now = cast(step, dtype);
      const steps = cast(decay_steps, dtype);
      const factor = cast(decay_rate, dtype);
      return multiply(rate, pow(factor, periods(now, steps, dtype, staircase)), scope);
    });
  },
);

// ---- piecewise ---------------------------------------------------------------------------------

/**
 * `values[0]` up to `boundaries[0]`, then `values[1]` up to `boundaries[1]`, and so on; the last value
 * beyond the last boundary. ValueError where lengths or types do not fit.
 */
export const piecewise_constant = fn(
  ['x', 'boundaries', 'values', 'name'],
  (
    x: TensorLike,
    boundaries: readonly TensorLike[],
    values: readonly TensorLike[],
    name: Name = null,
  ): Tensor => {
    if (boundaries.length !== values.length - 1) {
      throw new ValueError('The length of boundaries should be 1 less than the length of values');
    }
    return nameScope(name, 'PiecewiseConstant', () => {
      const position = toTensor(x);
      const bounds = boundaries.map((bound) => boundaryOf(bound, position.dtype.base_dtype));
      const levels = values.map((value) => toTensor(value));
      assertOneType(levels);
      return levelAt(position, bounds, levels);
    });
  },
);

/** A boundary of the type of `x`. A whole number is an integer beside integers, as in Python. */
function boundaryOf(bound: TensorLike, dtype: DType): Tensor {
  const isInteger = dtype.is_integer && Number.isInteger(bound);
  const tensor = toTensor(bound, isInteger ? int32 : null);
  const own = tensor.dtype.base_dtype;
  if (own === dtype) return tensor;
  if (own === int32 && dtype === int64) return cast(tensor, dtype);
  throw new ValueError(`Boundaries (${own}) must have the same dtype as x (${dtype}).`);
}

function assertOneType(levels: readonly Tensor[]): void {
  const first = levels[0]!.dtype.base_dtype;
  const other = levels.find((level) => level.dtype.base_dtype !== first);
  if (!other) return;
  throw new ValueError(
    `Values must have elements all with the same dtype (${first} vs ${other.dtype.base_dtype}).`,
  );
}

/** The level whose interval, open to the left and closed to the right, holds `x`. */
function levelAt(x: Tensor, bounds: readonly Tensor[], levels: readonly Tensor[]): Tensor {
  const first = levels[0]!;
  const lowest = bounds[0];
  if (lowest === undefined) return first;
  const ends: Case<Tensor>[] = [
    [less_equal(x, lowest), () => first],
    [greater(x, bounds.at(-1)!), () => levels.at(-1)!],
  ];
  const inner = bounds.slice(1).map((high, i): Case<Tensor> => {
    const isWithin = logical_and(greater(x, bounds[i]!), less_equal(x, high), 'and');
    return [isWithin, () => levels[i + 1]!];
  });
  return case_([...ends, ...inner], () => first, true);
}

// ---- powers ------------------------------------------------------------------------------------

/**
 * From `learning_rate` to `end_learning_rate` in `decay_steps`, along a polynomial of degree `power`.
 * With `cycle` it starts again with a longer period, the first multiple of `decay_steps` beyond the step.
 */
export const polynomial_decay = fn(
  ['learning_rate', 'global_step', 'decay_steps', 'end_learning_rate', 'power', 'cycle', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    end_learning_rate: TensorLike = 0.0001,
    power: TensorLike = 1,
    cycle: boolean = false,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'polynomial_decay');
    return nameScope(name, 'PolynomialDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const { dtype } = rate;
      const now = cast(step, dtype);
      const steps = cast(decay_steps, dtype);
      const end = cast(end_learning_rate, dtype);
      const degree = cast(power, dtype);
      const length = cycle ? multiply(steps, cycles(now, steps)) : steps;
      const within = cycle ? now : minimum(now, steps);
      const p = div(within, length);
      return add(multiply(minus(rate, end), pow(minus(1, p), degree)), end, scope);
    });
  },
);

/** How many periods the step has begun: at least one. */
function cycles(step: Tensor, steps: Tensor): Tensor {
  const begun = ceil(over(step, steps));
  return Select({ condition: equal(step, 0), t: constant(1, step.dtype), e: begun });
}

/** `learning_rate * exp(-decay_rate * global_step / decay_steps)`, with whole periods if `staircase`. */
export const natural_exp_decay = fn(
  ['learning_rate', 'global_step', 'decay_steps', 'decay_rate', 'staircase', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    decay_rate: TensorLike,
    staircase: boolean = false,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'natural_exp_decay');
    return nameScope(name, 'NaturalExpDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const { dtype } = rate;
      const now = cast(step, dtype);
      const steps = cast(decay_steps, dtype);
      const speed = cast(decay_rate, dtype);
      const p = periods(now, steps, dtype, staircase);
      return multiply(rate, exp(multiply(negative(speed), p)), scope);
    });
  },
);

/** `learning_rate / (1 + decay_rate * global_step / decay_steps)`, with whole periods if `staircase`. */
export const inverse_time_decay = fn(
  ['learning_rate', 'global_step', 'decay_steps', 'decay_rate', 'staircase', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    decay_rate: TensorLike,
    staircase: boolean = false,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'inverse_time_decay');
    return nameScope(name, 'InverseTimeDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const { dtype } = rate;
      const now = cast(step, dtype);
      const steps = cast(decay_steps, dtype);
      const speed = cast(decay_rate, dtype);
      const p = periods(now, steps, dtype, staircase);
      const one = cast(constant(1, int32), dtype);
      return div(rate, add(one, multiply(speed, p)), scope);
    });
  },
);

// ---- cosines -----------------------------------------------------------------------------------

/** `1 + cos(pi * fraction)`. */
function raised(fraction: Tensor): Tensor {
  return plus(1, cos(times(constant(Math.PI, fraction.dtype), fraction)));
}

/** What is left of a rate whose `part` decays and whose share `alpha` stays. */
function mixed(part: Tensor, alpha: TensorLike): Tensor {
  return plus(times(minus(1, alpha), part), alpha);
}

/** Along half a cosine, from `learning_rate` to `alpha` times it in `decay_steps` (Loshchilov and Hutter, 2016). */
export const cosine_decay = fn(
  ['learning_rate', 'global_step', 'decay_steps', 'alpha', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    alpha: TensorLike = 0,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'cosine_decay');
    return nameScope(name, 'CosineDecay', () => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const { dtype } = rate;
      const now = cast(step, dtype);
      const steps = cast(decay_steps, dtype);
      const decayed = times(0.5, raised(over(minimum(now, steps), steps)));
      return multiply(rate, mixed(decayed, alpha));
    });
  },
);

/**
 * Cosine decay that starts again, after `first_decay_steps` and then after periods that are each `t_mul`
 * times as long, with a rate that is each time `m_mul` times as high.
 */
export const cosine_decay_restarts = fn(
  ['learning_rate', 'global_step', 'first_decay_steps', 't_mul', 'm_mul', 'alpha', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    first_decay_steps: TensorLike,
    t_mul: TensorLike = 2,
    m_mul: TensorLike = 1,
    alpha: TensorLike = 0,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'cosine_decay_restarts');
    return nameScope(name, 'SGDRDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'initial_learning_rate');
      const { dtype } = rate;
      const now = cast(step, dtype);
      const steps = cast(first_decay_steps, dtype);
      const stays = cast(alpha, dtype);
      const longer = cast(t_mul, dtype);
      const higher = cast(m_mul, dtype);
      const [restarts, fraction] = restartsAt(over(now, steps), longer);
      const height = power(higher, restarts);
      const decayed = times(times(0.5, height), raised(fraction));
      return multiply(rate, mixed(decayed, stays), scope);
    });
  },
);

/** How often the decay has started again, and how far its period is, after `fraction` first periods. */
function restartsAt(fraction: Tensor, longer: Tensor): [restarts: Tensor, fraction: Tensor] {
  const even = floor(fraction);
  const ratio = minus(1, longer);
  const geometric = floor(over(log(minus(1, times(fraction, ratio))), log(longer)));
  const before = over(minus(1, power(longer, geometric)), ratio);
  const within = over(minus(fraction, before), power(longer, geometric));
  const condition = equal(longer, 1);
  return [
    Select({ condition, t: even, e: geometric }),
    Select({ condition, t: minus(fraction, even), e: within }),
  ];
}

/** The linear part, from 1 to 0 in `steps`, and `num_periods` of a cosine that is 1 at first. */
function linearAndCosine(
  step: Tensor,
  steps: Tensor,
  num_periods: Tensor,
  linear: (left: Tensor) => Tensor,
) {
  const left = linear(over(minus(steps, step), steps));
  const fraction = times(times(2, num_periods), over(step, steps));
  return { left, cosine: times(0.5, raised(fraction)) };
}

/** Linear decay times a cosine: `(alpha + linear) * cosine + beta` of the rate (Bello et al., 2017). */
export const linear_cosine_decay = fn(
  ['learning_rate', 'global_step', 'decay_steps', 'num_periods', 'alpha', 'beta', 'name'],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    num_periods: TensorLike = 0.5,
    alpha: TensorLike = 0,
    beta: TensorLike = 0.001,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'linear_cosine_decay');
    return nameScope(name, 'LinearCosineDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const [now, steps, periods, a, b] = [step, decay_steps, num_periods, alpha, beta].map((x) =>
        cast(x, rate.dtype),
      ) as [Tensor, Tensor, Tensor, Tensor, Tensor];
      const { left, cosine } = linearAndCosine(minimum(now, steps), steps, periods, (x) => x);
      return multiply(rate, plus(times(plus(a, left), cosine), b), scope);
    });
  },
);

/** Linear cosine decay with noise on the linear part, of variance `initial_variance / (1 + step) ^ variance_decay`. */
export const noisy_linear_cosine_decay = fn(
  [
    'learning_rate',
    'global_step',
    'decay_steps',
    'initial_variance',
    'variance_decay',
    'num_periods',
    'alpha',
    'beta',
    'name',
  ],
  (
    learning_rate: TensorLike,
    global_step: StepLike,
    decay_steps: TensorLike,
    initial_variance: TensorLike = 1,
    variance_decay: TensorLike = 0.55,
    num_periods: TensorLike = 0.5,
    alpha: TensorLike = 0,
    beta: TensorLike = 0.001,
    name: Name = null,
  ): Tensor => {
    const step = required(global_step, 'noisy_linear_cosine_decay');
    const given = [step, decay_steps, initial_variance, variance_decay, num_periods, alpha, beta];
    return nameScope(name, 'NoisyLinearCosineDecay', (scope) => {
      const rate = toTensor(learning_rate, null, 'learning_rate');
      const [now, steps, variance, calming, periods, a, b] = given.map((x) =>
        cast(x, rate.dtype),
      ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
      const current = minimum(now, steps);
      const { left, cosine } = linearAndCosine(current, steps, periods, (linear) => {
        const stddev = sqrt(over(variance, pow(plus(1, current), calming)));
        return plus(linear, random_normal(linear.shape, { stddev, dtype: rate.dtype }));
      });
      return multiply(rate, plus(times(plus(a, left), cosine), b), scope);
    });
  },
);
