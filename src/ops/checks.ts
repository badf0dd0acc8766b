/** Checks that fail a run, values shown while a graph runs, and the ops behind them. */

import { conditional } from '../core/conditional.ts';
import { toTensor } from '../core/convert.ts';
import { withRank } from '../core/dims.ts';
import { bool, int32, string } from '../core/dtype.ts';
import { InvalidArgumentError, ValueError } from '../core/errors.ts';
import { colocateWith, executing_eagerly, nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { array_str, NdArray } from '../numpy/index.ts';
import { no_op, with_dependencies } from './control_flow.ts';
import { intOf } from './literals.ts';

/** The node of `tf.Assert`. */
export const Assert_ = op('Assert', {
  inputs: ['condition: bool', 'data: T'],
  outputs: [],
  attrs: ['T: list(type) >= 1', 'summarize: int = 3'],
  shape: ({ condition }) => {
    withRank(condition.dims, 0);
    return null;
  },
  stateful: true,
}).gradient(null);

/**
 * Fails with InvalidArgumentError where `condition` is false, and shows `data`, `summarize`
 * elements of each.
 */
export const Assert = fn(
  ['condition', 'data', 'summarize', 'name'],
  (
    condition: TensorLike,
    data: readonly TensorLike[],
    summarize: number | null = null,
    name: Name = null,
  ): Node =>
    nameScope(name, 'Assert', (scope) => {
      const flag = toTensor(condition, null, 'Condition', bool);
      if (executing_eagerly()) return assertNow(flag, data, summarize, scope);
      // TF1 converts the data once to look at the types, and once more for the op.
      const types = data.map((value) => toTensor(value).dtype);
      const check = (): Node => Assert_({ condition: flag, data }, { summarize: summarize ?? 3 });
      if (types.every((type) => type === string || type === int32)) return check();
      return conditional(flag, () => no_op(), check, 'AssertGuard').op;
    }),
);

/** The same in eager mode, where TF1 has other words. */
function assertNow(
  flag: Tensor,
  data: readonly TensorLike[],
  summarize: number | null,
  name: string,
): Node {
  if (flag.constant && intOf(flag) === 0) {
    const shown = data.map((value) => firstElements(toTensor(value), summarize ?? 3)).join('\n');
    throw new InvalidArgumentError(
      null,
      null,
      `Expected '${flag}' to be true. Summarized data: ${shown}`,
    );
  }
  return no_op(name);
}

/** The first elements of a tensor, as NumPy's scalars print; all of them if `count` is negative. */
function firstElements(tensor: Tensor, count: number): string {
  const { dtype, shape, data } = tensor.constant!;
  const flat = new NdArray(dtype, [shape.reduce((size, dim) => size * dim, 1)], data);
  const most = count < 0 ? flat.size : Math.min(count, flat.size);
  const texts = Array.from({ length: most }, (_, i) =>
    array_str(flat.at(`${i}:${i + 1}`).reshape([])),
  );
  return [...texts, ...(most < flat.size ? ['...'] : [])].join(', ');
}

export const CheckNumerics = op('CheckNumerics', {
  inputs: ['tensor: T'],
  outputs: ['output: T'],
  attrs: ['T: {bfloat16, half, float, double}', 'message: string'],
  shape: ({ tensor }) => tensor.dims,
}).gradient((_, [dy], { message }) => ({
  tensor: check_numerics(
    dy,
    `Not a number (NaN) or infinity (Inf) values detected in gradient. ${message}`,
  ),
}));

/** The tensor itself; InvalidArgumentError, with `message`, if it has NaN or infinity in it. */
export const check_numerics = fn(
  ['tensor', 'message', 'name'],
  (tensor: TensorLike, message: string, name: Name = null): Tensor =>
    CheckNumerics({ tensor }, { message }, name),
);

/** The tensor `t`, computed only after a check that it has no NaN or infinity. */
export const verify_tensor_all_finite = fn(
  ['t', 'msg', 'name'],
  (t: TensorLike, msg: string, name: Name = null): Tensor =>
    nameScope(name, 'VerifyFinite', () => {
      const tensor = toTensor(t, null, 't');
      return colocateWith(tensor, () => {
        const checked = check_numerics(tensor, msg);
        return executing_eagerly() ? checked : (with_dependencies([checked], tensor) as Tensor);
      });
    }),
);

/** The node of `tf.Print`: passes its input on, and prints its data. */
export const Print_ = op('Print', {
  inputs: ['input: T', 'data: U'],
  outputs: ['output: T'],
  attrs: [
    'T: type',
    'U: list(type) >= 0',
    "message: string = ''",
    'first_n: int = -1',
    'summarize: int = 3',
  ],
  shape: ({ input }) => input.dims,
  stateful: true,
}).gradient((_, [dy]) => ({ input: dy, data: [] }));

/**
 * The tensor itself; when it is computed, `message` and `data`, `summarize` elements of each, are
 * shown on the standard error stream, at most `first_n` times.
 */
export const Print = fn(
  ['input_', 'data', 'message', 'first_n', 'summarize', 'name'],
  (
    input_: TensorLike,
    data: readonly TensorLike[],
    message: string | null = null,
    first_n: number | null = null,
    summarize: number | null = null,
    name: Name = null,
  ): Tensor => {
    if (!Array.isArray(data)) {
      throw new ValueError("Expected list for 'data' argument to 'Print' Op.");
    }
    return Print_(
      { input: input_, data },
      { message: message ?? '', first_n: first_n ?? -1, summarize: summarize ?? 3 },
      name,
    );
  },
);

/** Writes a line to the standard error or output stream, as graphs of later versions do. */
export const PrintV2 = op('PrintV2', {
  inputs: ['input: string'],
  outputs: [],
  attrs: ["output_stream: string = 'stderr'", "end: string = '\\n'"],
  shape: ({ input }) => {
    withRank(input.dims, 0);
    return null;
  },
  stateful: true,
}).gradient(null);
