/** A symbolic tensor: an output of an operation. It has a name, a type and what is known of its shape, but no numbers. */

import { assertDType } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { AttributeError, withHint } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { type Dims, type HandleData, type Literal, Tensor } from '../core/tensor.ts';
import type { Graph } from './graph.ts';
import type { Operation } from './operation.ts';
import { evaluateTensor } from './runner.ts';
import { constantOf, knownOf } from './static_values.ts';

const AS_BOOL =
  'Using a `tf.Tensor` as a Python `bool` is not allowed. Use `if t is not None:` instead of `if t:` to test if a tensor is defined, and use TensorFlow ops such as tf.cond to execute subgraphs conditioned on the value of a tensor.';
const NOT_ITERABLE =
  'Tensor objects are not iterable when eager execution is not enabled. To iterate over this tensor use tf.map_fn.';

/** An edge of a graph. */
export class SymbolicTensor extends Tensor {
  readonly op: Operation;
  readonly value_index: number;
  readonly dtype: DType;
  dims: Dims;
  readonly handleData: HandleData | undefined;
  /** @internal */
  readonly _consumers: Operation[] = [];
  private constantMemo: Literal | undefined | null = null;

  /** @internal */
  constructor(
    op: Operation,
    index: number,
    dtype: DType,
    dims: Dims,
    handleData: HandleData | undefined,
  ) {
    super();
    this.op = op;
    this.value_index = index;
    this.dtype = dtype;
    this.dims = dims;
    this.handleData = handleData;
  }

  get name(): string {
    return `${this.op.name}:${this.value_index}`;
  }

  get graph(): Graph {
    return this.op.graph;
  }

  get device(): string {
    return this.op.device;
  }

  /** How a node names it among its inputs: without `:0`. @internal */
  get _inputName(): string {
    return this.value_index === 0 ? this.op.name : this.name;
  }

  get constant(): Literal | undefined {
    if (this.constantMemo === null) this.constantMemo = constantOf(this);
    return this.constantMemo;
  }

  get known(): readonly (number | null)[] | undefined {
    return knownOf(this);
  }

  /** The operations that read it. */
  consumers(): readonly Operation[] {
    return this._consumers;
  }

  /** Merges what is known of its shape with `shape`; ValueError where they cannot be the same. */
  set_shape(shape: ShapeLike): void {
    this.dims = this.shape.merge_with(as_shape(shape)).toDims();
  }

  /** Computes it in `session`, the default session if none is given, and returns its value as plain data. */
  eval(feed_dict: unknown = null, session: unknown = null): Fetched {
    return evaluateTensor(this, feed_dict, session);
  }

  /** A symbolic tensor has no numbers: always an AttributeError that says what to do instead. */
  numpy(): never {
    throw new AttributeError(
      withHint(
        `'Tensor' object has no attribute 'numpy'`,
        `${this} is symbolic: in graph mode it names a result that is computed when a session runs.\n` +
          'Run it: sess.run(t), or t.eval() with a default session. For numbers at once, call tf.enable_eager_execution() first.',
      ),
    );
  }

  override _toTensor(dtype: DType | null = null): Tensor {
    return assertDType(this, dtype);
  }

  /** A tensor has no truth value and no number before it runs. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new TypeError(
      withHint(
        AS_BOOL,
        `${this} is symbolic. JavaScript operators do not build nodes: write a.add(b) for a + b, a.less(b) for a < b.`,
      ),
    );
  }

  [Symbol.iterator](): never {
    throw new TypeError(NOT_ITERABLE);
  }

  override toString(): string {
    const shape = this.dims === null ? '' : `, shape=${this.shape}`;
    const device = this.device === '' ? '' : `, device=${this.device}`;
    return `Tensor("${this.name}"${shape}, dtype=${this.dtype.name}${device})`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<tf.Tensor '${this.name}' shape=${this.shape} dtype=${this.dtype.name}>`;
  }
}
