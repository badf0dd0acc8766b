/** Common subexpressions: an operation of the same numbers, done twice, is done once. */

import type { Attrs } from '../../core/kernels.ts';
import type { Placed, Source } from '../specialised/source.ts';

/** Constants of more numbers are not compared. */
const MAX_NUMBERS = 16;

/** The operations of one straight line so far, by what they compute. */
export class CommonSubexpressions {
  private readonly results = new Map<string, readonly Placed[]>();
  private readonly numbers = new Map<Source, number>();

  /** What says all of an operation: `null` where its attributes are too much to compare. */
  keyOf(op: string, attrs: Attrs, args: readonly Placed[]): string | null {
    let key = op;
    for (const name in attrs) {
      const text = textOf(attrs[name]);
      if (text === null) return null;
      key += ` ${name}=${text}`;
    }
    for (const { source, shape, dtype, constant } of args) {
      key += constant
        ? ` ${dtype.name}[${shape}]:${this.constantText(constant.data, source)}`
        : ` ${this.numberOf(source)}[${shape}]`;
    }
    return key;
  }

  /** What an earlier operation with `key` gave. */
  find(key: string): readonly Placed[] | undefined {
    return this.results.get(key);
  }

  add(key: string, results: readonly Placed[]): void {
    this.results.set(key, results);
  }

  /** A few numbers are themselves; others are told apart by where they come from. */
  private constantText(data: ArrayLike<unknown>, source: Source): string {
    if (data.length > MAX_NUMBERS) return `#${this.numberOf(source)}`;
    return Array.from(data, (x) => (Object.is(x, -0) ? '-0' : String(x))).join();
  }

  private numberOf(source: Source): number {
    const known = this.numbers.get(source) ?? this.numbers.size;
    this.numbers.set(source, known);
    return known;
  }
}

/** An attribute in a text that is the same for equal values only. */
function textOf(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const parts = value.map(textOf);
    return parts.includes(null) ? null : `[${parts}]`;
  }
  const { name, row } = value as { name?: unknown; row?: unknown };
  return row !== undefined && typeof name === 'string' ? name : null;
}
