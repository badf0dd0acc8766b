/** An eager tensor: it has its numbers, and gives them as plain data. */

import { type BackendValue, byteSize } from '../backend/value.ts';
import { recordConversion } from '../core/conversions.ts';
import { assertDType } from '../core/convert.ts';
import { compatible, dimsText } from '../core/dims.ts';
import type { Data, DType } from '../core/dtype.ts';
import { AttributeError, NotImplementedError, ValueError, withHint } from '../core/errors.ts';
import { asFetched, type Fetched } from '../core/fetched.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import {
  type GraphHandle,
  type HandleData,
  type Literal,
  type Node,
  Tensor,
} from '../core/tensor.ts';
import { itemAt, NdArray } from '../numpy/index.ts';

let count = 0;

/** A tensor that was computed at once. */
export class EagerTensor extends Tensor {
  /** @internal */
  readonly value: BackendValue;
  readonly handleData: HandleData | undefined;
  /** Its number among all eager tensors: what tapes know it by. @internal */
  readonly _id: number;

  /** @internal */
  constructor(value: BackendValue, handleData: HandleData | undefined = undefined) {
    super();
    this.value = value;
    this.handleData = handleData;
    this._id = count++;
  }

  get dtype(): DType {
    return this.value.dtype;
  }
  get dims(): readonly number[] {
    return this.value.shape;
  }
  get constant(): Literal | undefined {
    return this.value.handle === null ? this.value : undefined;
  }
  get known(): readonly (number | null)[] | undefined {
    const { dtype, shape, data } = this.value;
    return dtype.is_integer && shape.length < 2 ? Array.from(data as ArrayLike<number>) : undefined;
  }

  /**
   * Its value as plain data: an array of its own, or a number, boolean or string where it has no
   * axes. Each call copies; no gradient flows through the result.
   */
  numpy(): Fetched {
    if (this.value.handle !== null)
      throw new ValueError('Resource handles are not convertible to numpy.');
    recordConversion(byteSize(this.value));
    return this.plain();
  }

  private plain(): Fetched {
    const { dtype, shape, data } = this.value;
    const array = new NdArray(
      dtype,
      [...shape],
      shape.length === 0 ? data : (data.slice() as Data),
    );
    return asFetched(shape.length === 0 ? itemAt(array, 0) : array);
  }

  get name(): string {
    return meaningless('name');
  }
  get op(): Node {
    return meaningless('op');
  }
  get graph(): GraphHandle {
    return meaningless('graph');
  }
  get value_index(): number {
    return meaningless('value_index');
  }
  get device(): string {
    return '/job:localhost/replica:0/task:0/device:CPU:0';
  }

  /** Not for eager tensors: an AttributeError, for nothing is built that could read it. */
  consumers(): never {
    return meaningless('consumers');
  }

  /** Not for eager tensors: a NotImplementedError that points to `numpy`. */
  eval(): never {
    throw new NotImplementedError(
      "eval is not supported when eager execution is enabled, is .numpy() what you're looking for?",
    );
  }

  /** Checks the shape; it is known already. ValueError if `shape` is another. */
  set_shape(shape: ShapeLike): void {
    const dims = as_shape(shape).toDims();
    if (!compatible(this.dims, dims)) {
      throw new ValueError(
        `EagerTensor's shape ${this.shape} is not compatible with supplied shape ${dimsText(dims)}`,
      );
    }
  }

  override _toTensor(dtype: DType | null = null): Tensor {
    return assertDType(this, dtype);
  }

  /** The only element, so that a scalar works in comparisons and arithmetic of the host language. */
  [Symbol.toPrimitive](hint: string): string | number | boolean {
    if (hint === 'string' || this.value.size !== 1 || this.value.handle !== null)
      return this.toString();
    return itemAt(this.value, 0) as number | boolean | string;
  }

  /** The rows, as eager tensors. */
  *[Symbol.iterator](): Iterator<Tensor> {
    if (this.dims.length === 0) throw new TypeError('Cannot iterate over a scalar tensor.');
    for (let i = 0; i < this.dims[0]!; i++) yield this.at(i);
  }

  override toString(): string {
    return `tf.Tensor(${this._text(false)}, shape=${this.shape}, dtype=${this.dtype.name})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<tf.Tensor: id=${this._id}, shape=${this.shape}, dtype=${this.dtype.name}, numpy=${this._text(true)}>`;
  }

  /** Its numbers as NumPy prints them; more than one line begins on a line of its own. @internal */
  _text(asRepr: boolean): string {
    if (this.value.handle !== null) return '<unprintable>';
    const { dtype, shape, data } = this.value;
    const array = new NdArray(dtype, shape, data);
    const text = asRepr && shape.length > 0 ? array.repr() : array.toString();
    return text.includes('\n') ? `\n${text}` : text;
  }
}

function meaningless(member: string): never {
  throw new AttributeError(
    withHint(
      `Tensor.${member} is meaningless when eager execution is enabled.`,
      'An eager tensor is a value, not a place in a graph.',
    ),
  );
}
