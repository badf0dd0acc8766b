/** `tf.assert_*`: what can be told statically is checked at once, the rest when the graph runs. */

import { toTensor } from '../core/convert.ts';
import { type DType, float16, float32, float64, int32 } from '../core/dtype.ts';
import { InvalidArgumentError, ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { type Literal, type Name, type Node, Tensor, type TensorLike } from '../core/tensor.ts';
import { array_str, NdArray } from '../numpy/index.ts';
import { add, multiply, subtract } from './arithmetic.ts';
import { Assert } from './checks.ts';
import {
  equal,
  greater,
  greater_equal,
  less,
  less_equal,
  logical_or,
  not_equal,
} from './compare.ts';
import { constant } from './constant.ts';
import { no_op } from './control_flow.ts';
import { intsOf } from './literals.ts';
import { abs } from './math.ts';
import { reduce_all } from './reduce.ts';
import { rank, reshape, shape, size } from './shape.ts';
import { slice } from './slice.ts';

type Data = readonly TensorLike[] | null;

/** What a message calls a tensor: its name, or in eager mode its shape and type. */
function nameOf(x: Tensor): string {
  return executing_eagerly() ? `shape=${x.shape} dtype=${x.dtype.name}` : x.name;
}

/** `message` before a text, if there is one. */
function prefixed(message: string | null, text: string): string {
  return message ? `${message}.  ${text}` : text;
}

/** The static value of `data` as Python prints it, or the tensor's own text. */
function staticText(value: TensorLike): string {
  if (!(value instanceof Tensor)) return String(value);
  const { constant: literal } = value;
  return literal ? arrayText(literal) : String(value);
}

function arrayText({ dtype, shape, data }: Literal): string {
  return array_str(new NdArray(dtype, shape, data));
}

/** Asserts that all of `flags` are true; at once where their value is already known. */
function assertAll(flags: Tensor, data: readonly TensorLike[], summarize: number | null): Node {
  const condition = reduce_all(flags);
  if (flags.constant && !intsOf(flags)!.every((flag) => flag !== 0)) {
    throw new InvalidArgumentError(null, null, data.map(staticText).join('\n'));
  }
  return Assert(condition, data, summarize);
}

// ---- between two tensors -----------------------------------------------------------------------

interface Relation {
  readonly name: string;
  /** What did not hold: `x == y`. */
  readonly text: string;
  readonly holds: (x: TensorLike, y: TensorLike) => Tensor;
}

function asserting({ name: own, text, holds }: Relation) {
  return fn(
    ['x', 'y', 'data', 'summarize', 'message', 'name'],
    (
      x: TensorLike,
      y: TensorLike,
      data: Data = null,
      summarize: number | null = null,
      message: string | null = null,
      name: Name = null,
    ): Node =>
      nameScope(name, own, () => {
        const a = toTensor(x, null, 'x');
        const b = toTensor(y, a.dtype.base_dtype, 'y');
        const shown = data ?? [
          message ?? '',
          `Condition ${text}`,
          `x (${nameOf(a)}) = `,
          a,
          `y (${nameOf(b)}) = `,
          b,
        ];
        return assertAll(holds(a, b), shown, summarize);
      }),
  );
}

const elementwise = (relation: string) => `${relation} did not hold element-wise:`;

/** Asserts `x == y` element-wise. */
export const assert_equal = asserting({
  name: 'assert_equal',
  text: elementwise('x == y'),
  holds: equal,
});
/** Asserts `x != y` for every element. */
export const assert_none_equal = asserting({
  name: 'assert_none_equal',
  text: 'x != y did not hold for every single element:',
  holds: not_equal,
});
/** Asserts `x < y` element-wise. */
export const assert_less = asserting({
  name: 'assert_less',
  text: elementwise('x < y'),
  holds: less,
});
/** Asserts `x <= y` element-wise. */
export const assert_less_equal = asserting({
  name: 'assert_less_equal',
  text: elementwise('x <= y'),
  holds: less_equal,
});
/** Asserts `x > y` element-wise. */
export const assert_greater = asserting({
  name: 'assert_greater',
  text: elementwise('x > y'),
  holds: greater,
});
/** Asserts `x >= y` element-wise. */
export const assert_greater_equal = asserting({
  name: 'assert_greater_equal',
  text: elementwise('x >= y'),
  holds: greater_equal,
});

const EPSILON = new Map<DType, number>([
  [float16, 2 ** -10],
  [float32, 2 ** -23],
  [float64, 2 ** -52],
]);

/** Asserts `|x - y| < atol + rtol * |y|`; both default to ten units in the last place of 1. */
export const assert_near = fn(
  ['x', 'y', 'rtol', 'atol', 'data', 'summarize', 'message', 'name'],
  (
    x: TensorLike,
    y: TensorLike,
    rtol: TensorLike | null = null,
    atol: TensorLike | null = null,
    data: Data = null,
    summarize: number | null = null,
    message: string | null = null,
    name: Name = null,
  ): Node =>
    nameScope(name, 'assert_near', () => {
      const a = toTensor(x, null, 'x');
      const b = toTensor(y, a.dtype.base_dtype, 'y');
      const tiny = 10 * (EPSILON.get(a.dtype.base_dtype) ?? 0);
      const relative = toTensor(rtol ?? tiny, a.dtype.base_dtype, 'rtol');
      const absolute = toTensor(atol ?? tiny, a.dtype.base_dtype, 'atol');
      const shown = data ?? [
        message ?? '',
        `x and y not equal to tolerance rtol = ${relative}, atol = ${absolute}`,
        `x (${nameOf(a)}) = `,
        a,
        `y (${nameOf(b)}) = `,
        b,
      ];
      const tolerance = add(absolute, multiply(relative, abs(b)));
      return assertAll(less(abs(subtract(a, b)), tolerance), shown, summarize);
    }),
);

// ---- against zero ------------------------------------------------------------------------------

function assertingSign(
  own: string,
  relation: string,
  holds: (x: Tensor, zero: Tensor, data: readonly TensorLike[], summarize: number | null) => Node,
) {
  return fn(
    ['x', 'data', 'summarize', 'message', 'name'],
    (
      x: TensorLike,
      data: Data = null,
      summarize: number | null = null,
      message: string | null = null,
      name: Name = null,
    ): Node =>
      nameScope(name, own, () => {
        const a = toTensor(x, null, 'x');
        const shown = data ?? [
          message ?? '',
          `Condition ${elementwise(relation)}`,
          `x (${nameOf(a)}) = `,
          a,
        ];
        return holds(a, constant(0, a.dtype.base_dtype), shown, summarize);
      }),
  );
}

/** Asserts `x > 0` element-wise. */
export const assert_positive = assertingSign('assert_positive', 'x > 0', (x, zero, data, n) =>
  assert_less(zero, x, data, n),
);
/** Asserts `x < 0` element-wise. */
export const assert_negative = assertingSign('assert_negative', 'x < 0', (x, zero, data, n) =>
  assert_less(x, zero, data, n),
);
/** Asserts `x >= 0` element-wise. */
export const assert_non_negative = assertingSign(
  'assert_non_negative',
  'x >= 0',
  (x, zero, data, n) => assert_less_equal(zero, x, data, n),
);
/** Asserts `x <= 0` element-wise. */
export const assert_non_positive = assertingSign(
  'assert_non_positive',
  'x <= 0',
  (x, zero, data, n) => assert_less_equal(x, zero, data, n),
);

// ---- types -------------------------------------------------------------------------------------

/** Asserts statically that a tensor has type `tf_type`. TypeError otherwise. */
export const assert_type = fn(
  ['tensor', 'tf_type', 'message', 'name'],
  (tensor: TensorLike, tf_type: DType, message: string | null = null, name: Name = null): Node =>
    nameScope(name, 'assert_type', () => {
      const x = toTensor(tensor, null, 'tensor');
      if (x.dtype.base_dtype !== tf_type.base_dtype) {
        const shown = executing_eagerly() ? 'tensor' : x.op.name;
        throw new TypeError(`${message ? `${message}  ` : ''}${shown} must be of type ${tf_type}`);
      }
      return no_op('statically_determined_correct_type');
    }),
);

/** Asserts statically that a tensor has an integer type. TypeError otherwise. */
export const assert_integer = fn(
  ['x', 'message', 'name'],
  (x: TensorLike, message: string | null = null, name: Name = null): Node =>
    nameScope(name, 'assert_integer', () => {
      const tensor = toTensor(x, null, 'x');
      if (!tensor.dtype.is_integer) {
        throw new TypeError(
          `${message ? `${message}  ` : ''}Expected "x" to be integer type.  Found: ${nameOf(tensor)} of dtype ${tensor.dtype}`,
        );
      }
      return no_op('statically_determined_was_integer');
    }),
);

/** Whether a value is a tensor of numbers. */
export function is_numeric_tensor(tensor: unknown): boolean {
  if (!(tensor instanceof Tensor)) return false;
  const { base_dtype } = tensor.dtype;
  return base_dtype.is_floating || base_dtype.is_integer || base_dtype.is_complex;
}

/** The one float type of `tensors` and `dtype`, float32 if none is given. ValueError otherwise. */
export const assert_same_float_dtype = fn(
  ['tensors', 'dtype'],
  (tensors: readonly Tensor[] | null = null, dtype: DType | null = null): DType => {
    let expected = dtype;
    for (const tensor of tensors ?? []) {
      const own = tensor.dtype.base_dtype;
      expected ??= own;
      if (own !== expected) {
        throw new ValueError(
          `Tensor conversion requested dtype ${expected.name} for Tensor with dtype ${own.name}: '${tensor}'`,
        );
      }
    }
    const type = expected ?? float32;
    if (!type.is_floating) throw new ValueError(`Expected floating point type, got ${type}.`);
    return type;
  },
);

// ---- ranks -------------------------------------------------------------------------------------

/** Asserts statically that a tensor is a scalar, and gives it. ValueError otherwise. */
export const assert_scalar = fn(
  ['tensor', 'name'],
  (tensor: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'assert_scalar', (scope) => {
      const x = toTensor(tensor, null, scope);
      if (x.dims?.length !== 0) {
        throw new ValueError(`Expected scalar shape for ${nameOf(x)}, saw shape: ${x.shape}.`);
      }
      return x;
    }),
);

interface RankRule {
  readonly name: string;
  /** What the rank must be: `rank 2`, `rank at least 2`. */
  readonly text: (wanted: number) => string;
  readonly fits: (own: number, wanted: number) => boolean;
  readonly holds: (own: Tensor, wanted: Tensor) => Tensor;
}

function assertingRank({ name: own, text, fits, holds }: RankRule) {
  return fn(
    ['x', 'rank', 'data', 'summarize', 'message', 'name'],
    (
      x: TensorLike,
      wanted: TensorLike,
      data: Data = null,
      summarize: number | null = null,
      message: string | null = null,
      name: Name = null,
    ): Node =>
      nameScope(name, own, () => {
        const tensor = toTensor(x, null, 'x');
        const number = toTensor(wanted, int32, 'rank');
        const known = intsOf(number)?.[0];
        if (known !== undefined && tensor.dims !== null) {
          const { length } = tensor.dims;
          if (fits(length, known)) return no_op('static_checks_determined_all_ok');
          throw new ValueError(
            prefixed(
              message,
              `Tensor ${nameOf(tensor)} must have ${text(known)}.  Received rank ${length}, shape ${tensor.shape}`,
            ),
          );
        }
        const shown = data ?? [
          message ?? '',
          `Tensor ${nameOf(tensor)} must have ${text(0).replace(' 0', '')}`,
          number,
          'Received shape: ',
          shape(tensor),
        ];
        return Assert(holds(rank(tensor), number), shown, summarize);
      }),
  );
}

/** Asserts that a tensor has a rank. ValueError where it is known to have another one. */
export const assert_rank = assertingRank({
  name: 'assert_rank',
  text: (wanted) => `rank ${wanted}`,
  fits: (own, wanted) => own === wanted,
  holds: equal,
});

/** Asserts that a tensor has a rank or a higher one. ValueError where it is known to be lower. */
export const assert_rank_at_least = assertingRank({
  name: 'assert_rank_at_least',
  text: (wanted) => `rank at least ${wanted}`,
  fits: (own, wanted) => own >= wanted,
  holds: greater_equal,
});

/** Asserts that a tensor has one of several ranks. ValueError where it is known to have none. */
export const assert_rank_in = fn(
  ['x', 'ranks', 'data', 'summarize', 'message', 'name'],
  (
    x: TensorLike,
    ranks: readonly TensorLike[],
    data: Data = null,
    summarize: number | null = null,
    message: string | null = null,
    name: Name = null,
  ): Node =>
    nameScope(name, 'assert_rank_in', () => {
      const tensor = toTensor(x, null, 'x');
      const wanted = ranks.map((value) => toTensor(value, int32, 'rank'));
      const known = wanted.map((value) => intsOf(value)?.[0]);
      if (tensor.dims !== null && !known.includes(undefined)) {
        const { length } = tensor.dims;
        if (known.includes(length)) return no_op('static_checks_determined_all_ok');
        throw new ValueError(
          prefixed(
            message,
            `Tensor ${nameOf(tensor)} must have rank in (${known.join(', ')}).  Received rank ${length}, shape ${tensor.shape}`,
          ),
        );
      }
      const own = rank(tensor);
      const condition = wanted
        .map((value) => equal(own, value))
        .reduce((either, one) => logical_or(either, one));
      const shown = data ?? [
        message ?? '',
        `Tensor ${nameOf(tensor)} must have rank in`,
        ...wanted,
        'Received shape: ',
        shape(tensor),
      ];
      return Assert(condition, shown, summarize);
    }),
);

/** TypeError unless `values` is iterable and neither a tensor nor a string. */
export function assert_proper_iterable(values: unknown): void {
  const isTensor = values instanceof Tensor || values instanceof NdArray;
  const iterable =
    typeof values === 'object' && values !== null && Symbol.iterator in values && !isTensor;
  if (!iterable) {
    throw new TypeError(
      `Expected argument "values" to be a "proper" iterable.  Found: ${isTensor ? 'Tensor' : typeof values}`,
    );
  }
}

// ---- order -------------------------------------------------------------------------------------

function monotonic(own: string, holds: (later: Tensor, earlier: Tensor) => Tensor) {
  return fn(
    ['x', 'name'],
    (x: TensorLike, name: Name = null): Tensor =>
      nameScope(name, own, () => {
        const flat = reshape(x, [-1]);
        const count = subtract(size(flat), 1);
        const kept = reshape(toTensor(maximumZero(count)), [1]);
        const later = slice(flat, reshape(subtract(size(flat), kept), [1]), kept);
        return reduce_all(holds(later, slice(flat, [0], kept)));
      }),
  );
}

/** `max(count, 0)`, for vectors without elements. */
function maximumZero(count: Tensor): Tensor {
  return count.add(abs(count)).floordiv(2);
}

/** Whether the elements of `x`, in row-major order, grow strictly. */
export const is_strictly_increasing = monotonic('is_strictly_increasing', greater);

/** Whether the elements of `x`, in row-major order, never become smaller. */
export const is_non_decreasing = monotonic('is_non_decreasing', greater_equal);
