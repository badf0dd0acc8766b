import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { IndexError, ValueError } from '../../src/core/errors.ts';
import {
  as_dimension,
  as_shape,
  Dimension,
  matrix,
  scalar,
  TensorShape,
  unknown_shape,
  vector,
} from '../../src/core/shape.ts';
import { golden, outcome, replay } from './shapes_golden.ts';

/** Calls a method by its recorded name. */
function call(target: object, method: string, ...args: unknown[]): unknown {
  return Reflect.apply(Reflect.get(target, method), target, args);
}
const known = new Dimension(6);
const unknown = new Dimension(null);

describe('Dimension agrees with TensorFlow', () => {
  const { pairs, made, prints } = golden.dimensions;
  it('on arithmetic, comparisons and merging', () => {
    replay(pairs, ({ op, a, b }) => call(new Dimension(a), op, new Dimension(b)));
    replay(pairs, ({ op, a, b }) => call(new Dimension(a), op, b));
  });
  it('on what it can be made of', () => {
    replay(made, ({ of }) => new Dimension(of));
  });
  it('on printing', () => {
    for (const { of, str, repr } of prints) {
      const dimension = new Dimension(of);
      expect([String(dimension), `${dimension}`, dimension.__repr__(), inspect(dimension)]).toEqual(
        [str, str, repr, repr],
      );
    }
  });
});

describe('Dimension', () => {
  it('is a number for JavaScript’s operators while it is known', () => {
    expect(Number(known) * 2).toBe(12);
    expect([+known + 1, Math.max(Number(known), 2), `${known}`]).toEqual([7, 6, '6']);
    expect(known > new Dimension(5)).toBe(true);
    expect(JSON.stringify([known, unknown])).toBe('[6,null]');
  });
  it('explains itself where a number is asked for and none is known', () => {
    expect(() => Number(unknown)).toThrow(TypeError);
    expect(() => Number(unknown)).toThrow(
      /^__int__ returned non-int \(type NoneType\)\n\n.*tf\.shape/s,
    );
    expect(`${unknown}`).toBe('?');
  });
  it('is made of whole numbers only, in the words of TF1.8', () => {
    expect(new Dimension(3n).value).toBe(3);
    expect(new Dimension('4').value).toBe(4);
    expect(new Dimension(known).value).toBe(6);
    expect(outcome(() => new Dimension(2.5))).toEqual({
      error: 'ValueError',
      text: 'Ambiguous dimension: 2.5',
    });
    expect(outcome(() => new Dimension('x'))).toEqual({
      error: 'ValueError',
      text: "invalid literal for int() with base 10: 'x'",
    });
    const loosely: (value: unknown) => Dimension = (value) => Reflect.construct(Dimension, [value]);
    expect(() => loosely([1])).toThrow("number, not 'list'");
    expect(() => loosely(undefined)).toThrow(TypeError);
    expect(() => new Dimension(-1)).toThrow(/null/);
  });
  it('is kept by as_dimension', () => {
    expect(as_dimension(known)).toBe(known);
    expect(as_dimension(3).value).toBe(3);
    expect(known.div(4).value).toBe(1);
  });
});

describe('TensorShape agrees with TensorFlow', () => {
  const { pairs, ranks, single, slices, prints } = golden.shapes;
  it('on two shapes', () => {
    replay(pairs, ({ op, a, b }) => call(new TensorShape(a), op, new TensorShape(b)));
    replay(pairs, ({ op, a, b }) => call(new TensorShape(a), op, b));
  });
  it('on ranks', () => {
    replay(ranks, ({ op, a, rank }) => call(new TensorShape(a), op, rank));
  });
  it('on sizes and lists', () => {
    const rows = single.map((row) =>
      // 1.8 wrote Shape with a capital.
      row.text?.startsWith('Cannot take')
        ? { ...row, text: row.text.replace('shape', 'Shape') }
        : row,
    );
    replay(rows, ({ op, a }) => {
      const shape = new TensorShape(a);
      if (op === 'len') return shape.length;
      if (op === 'iter') return [...shape].map((dim) => dim.value);
      return call(shape, op);
    });
  });
  it('on slices', () => {
    replay(slices, ({ a, key }) => {
      const shape = new TensorShape(a);
      return key.includes(':') ? shape.at(key) : shape.at(Number(key));
    });
  });
  it('on printing', () => {
    for (const { a, str, repr } of prints) {
      const shape = new TensorShape(a);
      expect([String(shape), shape.__repr__(), inspect(shape)]).toEqual([str, repr, repr]);
    }
  });
});

describe('TensorShape', () => {
  const shape = new TensorShape([null, 3]);
  it('is indexed, destructured and spread', () => {
    expect(shape[1].value).toBe(3);
    expect(shape[0].value).toBeNull();
    expect(new TensorShape(null)[5].value).toBeNull();
    expect(() => shape[2]).toThrow(new IndexError('list index out of range'));
    const [rows, columns] = shape;
    expect([rows?.value, columns?.value]).toEqual([null, 3]);
    expect(shape[1]).toBe(shape.dims?.[1]);
    expectTypeOf(shape[0]).toEqualTypeOf<Dimension>();
    expectTypeOf(shape.at(-1)).toEqualTypeOf<Dimension>();
    expectTypeOf(shape.at('1:')).toEqualTypeOf<TensorShape>();
    expect(shape.at({ start: 1 }).as_list()).toEqual([3]);
    expect(() => Reflect.apply(shape.at, shape, [null])).toThrow(TypeError);
    expect(() => shape.at('a')).toThrow(IndexError);
  });
  it('is made of lists, Dimensions, typed arrays, protos, shapes and a single size', () => {
    const list = (value: ConstructorParameters<typeof TensorShape>[0]) =>
      new TensorShape(value).toDims();
    expect(list([new Dimension(2), 3n, null])).toEqual([2, 3, null]);
    expect(list(Int32Array.of(2, 3))).toEqual([2, 3]);
    expect(list(7)).toEqual([7]);
    expect(list(new Dimension(null))).toEqual([null]);
    expect(list(shape)).toEqual([null, 3]);
    expect(list({ dim: [{ size: -1 }, { size: 3n }, {}] })).toEqual([null, 3, 0]);
    expect(list({ unknown_rank: true })).toBeNull();
    for (const dims of [null, [], [2, null]])
      expect(list(new TensorShape(dims).as_proto())).toEqual(dims);
    expect(shape.as_proto()).toEqual({ dim: [{ size: -1 }, { size: 3 }] });
  });
  it('refuses what is no shape', () => {
    const loosely: (value?: unknown) => TensorShape = (value) =>
      Reflect.construct(TensorShape, [value]);
    expect(() => loosely('3')).toThrow(
      new TypeError(
        'A string has ambiguous TensorShape, please wrap in a list or convert to an int: 3',
      ),
    );
    expect(() => loosely([2, 1.5])).toThrow(new ValueError('Ambiguous dimension: 1.5'));
    expect(() => loosely([-1])).toThrow(/^Dimension -1 must be >= 0/);
    expect(() => loosely()).toThrow(/missing 1 required positional argument: 'dims'/);
    expect(() => loosely({})).toThrow(TypeError);
  });
  it('does not change with the list that it was made of', () => {
    const list: (number | null)[] = [1, 2];
    const made = new TensorShape(list);
    list.push(3);
    made.as_list().push(4);
    expect(made.as_list()).toEqual([1, 2]);
  });
  it('compares as TF1 does: an unknown size equals nothing', () => {
    expect(new TensorShape([2, 3]).eq([2, 3])).toBe(true);
    expect(new TensorShape([2, 3]).eq([2, 4])).toBe(false);
    expect(new TensorShape([2]).eq([2, 4])).toBe(false);
    expect(shape.eq([null, 3])).toBe(false);
    expect(shape.eq(shape)).toBe(true);
    expect(new TensorShape(null).eq(null)).toBe(true);
    expect(new TensorShape(null).eq([])).toBe(false);
    expect(new TensorShape([2, 3]).ne([2, 3])).toBe(false);
    expect(new TensorShape([2]).ne([2, 3])).toBe(true);
    expect(() => shape.ne(null)).toThrow('The inequality of unknown TensorShapes is undefined.');
  });
  it('has makers and conversions', () => {
    expect(as_shape(shape)).toBe(shape);
    expect(as_shape([1]).toDims()).toEqual([1]);
    expect(unknown_shape().toDims()).toBeNull();
    expect(unknown_shape({ ndims: 2 }).toDims()).toEqual([null, null]);
    expect(scalar().toDims()).toEqual([]);
    expect(vector(3).toDims()).toEqual([3]);
    expect(matrix(null, 2).toDims()).toEqual([null, 2]);
    expect(TensorShape.of(null).ndims).toBeNull();
    expect([shape.ndims, shape.rank, shape.length]).toEqual([2, 2, 2]);
    expect(JSON.stringify(shape)).toBe('[null,3]');
  });
});
