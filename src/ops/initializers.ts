/**
 * Initializers: what makes the first value of a variable, given its shape. Each is a class whose
 * instances are called like functions: `init([2, 3])`, `init([2, 3], tf.float64)`.
 */

import { callable } from '../core/callable_class.ts';
import { as_dtype, type DType, float32 } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { Operand } from '../core/operand.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { eye } from './eye.ts';
import { ones, zeros } from './fill.ts';
import { times } from './infix.ts';
import { slice } from './slice.ts';

/** The part of a partitioned variable that an initializer is asked for. */
export interface PartitionInfo {
  readonly full_shape: readonly number[];
  readonly var_offset: readonly number[];
}

/** A shape that an initializer can be called with: most need it in plain numbers. */
export type InitializerShape = ShapeLike | Tensor;
type Config = Readonly<Record<string, unknown>>;

/** The arguments that an initializer is called with. */
export const callArgs = signature(
  ['shape', 'dtype', 'partition_info', 'verify_shape'],
  (
    shape: InitializerShape,
    dtype: DType | null = null,
    partition_info: PartitionInfo | null = null,
    verify_shape: boolean | null = null,
  ) => ({
    shape,
    dtype: dtype === null ? null : as_dtype(dtype),
    partition_info,
    verify_shape,
  }),
  { name: '__call__' },
);
/** The lists of arguments that an initializer takes. */
export type CallArgs = ArgsOf<typeof callArgs>;

/** An initializer, called like a function: `(shape, dtype, partition_info)`. */
export interface Initializer {
  /** The value of a variable of this shape. */
  (...args: CallArgs): Tensor;
}

/**
 * The base class of initializers. A subclass defines `call(shape, dtype, partition_info)`; its
 * instances can be called.
 */
export class Initializer {
  constructor() {
    const callable = (...args: CallArgs): Tensor => initializer.call(...args);
    const initializer = callable as Initializer;
    Object.setPrototypeOf(initializer, new.target.prototype);
    // biome-ignore lint/correctness/noConstructorReturn: the instance is a function
    return initializer;
  }

  /** Makes the value. `partition_info` says which part of a partitioned variable is meant. */
  call(..._args: CallArgs): Tensor {
    throw new NotImplementedError('');
  }

  /** The arguments that make this initializer again, as plain data. */
  get_config(): Record<string, unknown> {
    return {};
  }

  /** The initializer that `config`, from `get_config`, describes. */
  static from_config<I extends Initializer>(this: new (config: Config) => I, config: Config): I {
    return new this(config);
  }
}
Object.setPrototypeOf(Initializer.prototype, Function.prototype);

/** The sizes of a shape in plain numbers. TypeError if they are not known. */
export function sizesOf(shape: InitializerShape): number[] {
  if (shape instanceof Tensor) {
    const { known } = shape;
    if (!known?.every((size) => size !== null)) {
      throw new TypeError(`The shape of this initializer must be known, and ${shape} is not.`);
    }
    return [...known] as number[];
  }
  return as_shape(shape).as_list() as number[];
}

/** A floating point type; ValueError for any other. */
export function floating(dtype: DType): DType {
  const type = as_dtype(dtype);
  if (!type.is_floating) throw new ValueError(`Expected floating point type, got ${type}.`);
  return type;
}

// ---- constants ---------------------------------------------------------------------------------

const ofDType = signature(['dtype'], (dtype: DType = float32) => as_dtype(dtype));

/** Zeros. */
export class Zeros extends Initializer {
  dtype: DType;

  constructor(...args: ArgsOf<typeof ofDType>) {
    super();
    this.dtype = ofDType(...args);
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype } = callArgs(...args);
    return zeros(shape as TensorLike, dtype ?? this.dtype);
  }
  override get_config(): Record<string, unknown> {
    return { dtype: this.dtype.name };
  }
}

/** Ones. */
export class Ones extends Initializer {
  dtype: DType;

  constructor(...args: ArgsOf<typeof ofDType>) {
    super();
    this.dtype = ofDType(...args);
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype } = callArgs(...args);
    return ones(shape as TensorLike, dtype ?? this.dtype);
  }
  override get_config(): Record<string, unknown> {
    return { dtype: this.dtype.name };
  }
}

const constantArgs = signature(
  ['value', 'dtype', 'verify_shape'],
  (value: TensorLike = 0, dtype: DType = float32, verify_shape: boolean = false) => ({
    value,
    dtype: as_dtype(dtype),
    verify_shape,
  }),
);

/**
 * A given value: a number, or numbers of which the last repeats until the shape is full.
 * `verify_shape` makes a value of another shape a TypeError, when the initializer is called.
 */
export class Constant extends Initializer {
  value: TensorLike;
  dtype: DType;
  readonly _verify_shape: boolean;

  constructor(...args: ArgsOf<typeof constantArgs>) {
    super();
    const { value, dtype, verify_shape } = constantArgs(...args);
    if (value === null || value instanceof Operand || typeof value === 'function') {
      const type =
        value instanceof Tensor ? 'tensorflow.python.framework.ops.Tensor' : typeof value;
      throw new TypeError(
        `Invalid type for initial value: <class '${type}'> (expected Python scalar, list or tuple of values, or numpy.ndarray).`,
      );
    }
    this.value = value;
    this.dtype = dtype;
    this._verify_shape = verify_shape;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype, verify_shape } = callArgs(...args);
    return constant(this.value, {
      dtype: dtype ?? this.dtype,
      shape: sizesOf(shape),
      verify_shape: verify_shape ?? this._verify_shape,
    });
  }
  override get_config(): Record<string, unknown> {
    return { value: this.value, dtype: this.dtype.name };
  }
}

const identityArgs = signature(['gain', 'dtype'], (gain: number = 1, dtype: DType = float32) => ({
  gain,
  dtype: floating(dtype),
}));

/** The identity matrix times `gain`, for shapes of two dimensions. */
export class Identity extends Initializer {
  gain: number;
  dtype: DType;

  constructor(...args: ArgsOf<typeof identityArgs>) {
    super();
    const { gain, dtype } = identityArgs(...args);
    this.gain = gain;
    this.dtype = dtype;
  }
  override call(...args: CallArgs): Tensor {
    const { shape, dtype, partition_info } = callArgs(...args);
    const sizes = sizesOf(shape);
    const full = partition_info?.full_shape ?? sizes;
    if (full.length !== 2) {
      throw new ValueError('Identity matrix initializer can only be used for 2D matrices.');
    }
    const whole = eye(full[0]!, full[1]!, { dtype: dtype ?? this.dtype });
    const part = partition_info ? slice(whole, [...partition_info.var_offset], sizes) : whole;
    return times(this.gain, part);
  }
  override get_config(): Record<string, unknown> {
    return { gain: this.gain, dtype: this.dtype.name };
  }
}

/** The class `Constant` under TF1's name, with `new` and without. */
export const constant_initializer = callable(Constant);
/** The class `Identity` under TF1's name, with `new` and without. */
export const identity_initializer = callable(Identity);
/** The class `Ones` under TF1's name, with `new` and without. */
export const ones_initializer = callable(Ones);
/** The class `Zeros` under TF1's name, with `new` and without. */
export const zeros_initializer = callable(Zeros);
