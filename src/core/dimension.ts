/**
 * `tf.Dimension`: one size of a static shape, known or not. Its arithmetic passes the unknown on,
 * as TF1's operators do; a known one is also an ordinary number for JavaScript's operators.
 */

import { ValueError, withHint, ZeroDivisionError } from './errors.ts';

/** What may stand for a dimension: a size, `null` for an unknown one, or a Dimension. */
export type DimensionLike = Dimension | number | bigint | null | { valueOf(): number };

/** The size of one dimension of a shape, or unknown. */
export class Dimension {
  /** The size, or `null` if it is unknown. */
  declare readonly value: number | null;

  /** Converts an integer; ValueError if it is negative or no integer. */
  constructor(value: DimensionLike | string) {
    this.value = sizeFrom(value);
  }

  /** Whether both may be the same size: one is unknown, or they are equal. */
  is_compatible_with(other: DimensionLike): boolean {
    const size = as_dimension(other).value;
    return this.value === null || size === null || this.value === size;
  }
  /** Raises ValueError unless `is_compatible_with(other)`. */
  assert_is_compatible_with(other: DimensionLike): void {
    if (this.is_compatible_with(other)) return;
    throw new ValueError(`Dimensions ${this} and ${as_dimension(other)} are not compatible`);
  }
  /** The one size that both may be. ValueError if they are not compatible. */
  merge_with(other: DimensionLike): Dimension {
    this.assert_is_compatible_with(other);
    return new Dimension(this.value ?? as_dimension(other).value);
  }

  /** `self + other`, unknown if one of them is. */
  add(other: DimensionLike): Dimension {
    return this.#combine(other, (a, b) => a + b);
  }
  /** `self - other`, unknown if one of them is. ValueError if it is negative. */
  sub(other: DimensionLike): Dimension {
    return this.#combine(other, (a, b) => a - b);
  }
  /** `self * other`, unknown if one of them is. */
  mul(other: DimensionLike): Dimension {
    return this.#combine(other, (a, b) => a * b);
  }
  /** `self // other`: the quotient rounded down, unknown if one of them is. */
  floordiv(other: DimensionLike): Dimension {
    return this.#combine(other, (a, b) => Math.floor(a / divisor(b, 'division or modulo')));
  }
  /** The same as `floordiv`. */
  div(other: DimensionLike): Dimension {
    return this.floordiv(other);
  }
  /** `self % other`, unknown if one of them is. */
  mod(other: DimensionLike): Dimension {
    return this.#combine(other, (a, b) => a % divisor(b, 'modulo'));
  }

  /** `self == other`, `null` if one of them is unknown. */
  eq(other: DimensionLike): boolean | null {
    return this.#compare(other, (a, b) => a === b);
  }
  /** `self != other`, `null` if one of them is unknown. */
  ne(other: DimensionLike): boolean | null {
    return this.#compare(other, (a, b) => a !== b);
  }
  /** `self < other`, `null` if one of them is unknown. */
  lt(other: DimensionLike): boolean | null {
    return this.#compare(other, (a, b) => a < b);
  }
  /** `self <= other`, `null` if one of them is unknown. */
  le(other: DimensionLike): boolean | null {
    return this.#compare(other, (a, b) => a <= b);
  }
  /** `self > other`, `null` if one of them is unknown. */
  gt(other: DimensionLike): boolean | null {
    return this.#compare(other, (a, b) => a > b);
  }
  /** `self >= other`, `null` if one of them is unknown. */
  ge(other: DimensionLike): boolean | null {
    return this.#compare(other, (a, b) => a >= b);
  }

  #combine(other: DimensionLike, of: (a: number, b: number) => number): Dimension {
    const size = as_dimension(other).value;
    const known = this.value !== null && size !== null;
    return new Dimension(known ? of(this.value, size) : null);
  }
  #compare(other: DimensionLike, of: (a: number, b: number) => boolean): boolean | null {
    const size = as_dimension(other).value;
    return this.value === null || size === null ? null : of(this.value, size);
  }

  /** The size, for JavaScript's operators: `dim * 2`, `dim < 3`. TypeError if it is unknown. */
  valueOf(): number {
    if (this.value !== null) return this.value;
    throw new TypeError(
      withHint(
        '__int__ returned non-int (type NoneType)',
        'This dimension is not known before the graph runs. dim.value is null then, dim.add(1), ' +
          'dim.mul(2), ... give an unknown dimension, and tf.shape(x) is the shape in a run.',
      ),
    );
  }
  /** The size in digits, or `?`. */
  toString(): string {
    return this.value === null ? '?' : String(this.value);
  }
  /** Text where text is asked for; elsewhere the number. */
  [Symbol.toPrimitive](hint: string): string | number {
    return hint === 'string' ? this.toString() : this.valueOf();
  }
  toJSON(): number | null {
    return this.value;
  }
  /** `Dimension(3)`, `Dimension(None)`: what Python's `repr` prints. */
  __repr__(): string {
    return `Dimension(${this.value ?? 'None'})`;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.__repr__();
  }
}

/** The Dimension that `value` stands for. */
export function as_dimension(value: DimensionLike | string): Dimension {
  return value instanceof Dimension ? value : new Dimension(value);
}

function divisor(size: number, what: string): number {
  if (size === 0) throw new ZeroDivisionError(`integer ${what} by zero`);
  return size;
}

function sizeFrom(value: unknown): number | null {
  if (value === null) return null;
  if (value instanceof Dimension) return value.value;
  const size = numberFrom(value);
  if (!Number.isInteger(size)) throw new ValueError(`Ambiguous dimension: ${String(value)}`);
  if (size < 0) {
    const hint = size === -1 ? 'An unknown dimension is null here, and -1 in a run only.' : null;
    throw new ValueError(withHint(`Dimension ${size} must be >= 0`, hint));
  }
  return size;
}

function numberFrom(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
    throw new ValueError(`invalid literal for int() with base 10: '${value}'`);
  }
  const inner: unknown = typeof value === 'object' && value !== null ? value.valueOf() : undefined;
  if (typeof inner === 'number') return inner;
  const type = Array.isArray(value) ? 'list' : typeof value;
  throw new TypeError(
    `int() argument must be a string, a bytes-like object or a number, not '${type}'`,
  );
}
