/** Python's namedtuples: arrays whose members also have names, and whose class has `_fields`. */

/** A namedtuple of `V`s: destructured like an array, read by name. */
export type NamedTuple<F extends string, V> = Iterable<V> & {
  readonly length: number;
  readonly [index: number]: V;
} & { readonly [K in F]: V };

/** A class of namedtuples. */
export interface NamedTupleClass<F extends string> {
  new <V>(...members: V[]): NamedTuple<F, V>;
  readonly _fields: readonly F[];
}

/** Makes a namedtuple class: `namedtuple('TopKV2', ['values', 'indices'])`. */
export function namedtuple<const F extends string>(
  name: string,
  fields: readonly F[],
): NamedTupleClass<F> {
  class Tuple extends Array<unknown> {
    static readonly _fields = fields;

    constructor(...members: unknown[]) {
      super();
      if (members.length !== fields.length) {
        throw new TypeError(
          `${name}() takes ${fields.length} arguments (${fields.join(', ')}) but ${members.length} were given`,
        );
      }
      this.push(...members);
      fields.forEach((field, i) => {
        Object.defineProperty(this, field, { value: members[i] });
      });
    }

    /** What `map` and `slice` make is a plain array. */
    static override get [Symbol.species](): ArrayConstructor {
      return Array;
    }
  }
  Object.defineProperty(Tuple, 'name', { value: name });
  const made: unknown = Tuple;
  return made as NamedTupleClass<F>;
}
