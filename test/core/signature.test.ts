import { describe, expect, it, jest } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import { ValueError } from '../../src/core/errors.ts';
import { nearest } from '../../src/core/nearest.ts';
import {
  type ArgsOf,
  fn,
  isPlainObject,
  nameFunctions,
  parametersOf,
  signature,
  variadic,
} from '../../src/core/signature.ts';

type Name = string | null;

/** Sums along axes: the doc comment of a public function. */
const reduce = fn(
  ['input', 'axis', 'keepdims', 'name'],
  (input: number[], axis: number | null = null, keepdims: boolean = false, name: Name = null) => [
    input,
    axis,
    keepdims,
    name,
  ],
  { aliases: { keep_dims: 'keepdims', reduction_indices: 'axis' } },
);
const f = fn(['x', 'y', 'name'], (x: number, y: number, name: Name = null) => ({ x, y, name }));
const two = fn(['x', 'y'], (x: number, y: number) => x + y);
const one = fn(['x'], (x: unknown) => x);
const four = fn(
  ['a', 'b', 'c', 'd'],
  (a: number, b: number, c: number, d: number = 1) => a + b + c + d,
);
const none = fn([], () => 'none');
nameFunctions({ reduce, f, two, one, four, none });

/** The first line of the TypeError that `call` throws: Python's text. */
function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError);
    return (error as Error).message.split('\n')[0]!;
  }
  throw new Error('nothing thrown');
}
/** The hint of the error that `call` throws. */
function hint(call: () => unknown): string | undefined {
  try {
    call();
  } catch (error) {
    return (error as Error).message.split('\n\n')[1];
  }
  throw new Error('nothing thrown');
}
/** A call that the types would not let pass. */
const loosely = (callee: object, ...args: unknown[]): unknown =>
  Reflect.apply(callee as () => unknown, undefined, args);

describe('fn', () => {
  it('takes positional arguments, keywords, and both', () => {
    expect(reduce([1])).toEqual([[1], null, false, null]);
    expect(reduce([1], 0, true, 'n')).toEqual([[1], 0, true, 'n']);
    expect(reduce([1], { keepdims: true })).toEqual([[1], null, true, null]);
    expect(reduce([1], 0, { name: 'n' })).toEqual([[1], 0, false, 'n']);
    expect(reduce({ input: [1], axis: 2 })).toEqual([[1], 2, false, null]);
    expect(f({ y: 2, x: 1 })).toEqual({ x: 1, y: 2, name: null });
    expect(none()).toBe('none');
  });
  it('keeps defaults for undefined, and passes null on', () => {
    expect(reduce([1], undefined, true)).toEqual([[1], null, true, null]);
    expect(reduce([1], { keepdims: undefined, axis: 3 })).toEqual([[1], 3, false, null]);
    expect(loosely(reduce, [1], undefined, { axis: 4 })).toEqual([[1], 4, false, null]);
    expect(loosely(two, 1, 2, undefined)).toBe(3);
    expect(reduce([1], {})).toEqual([[1], null, false, null]);
    expect(loosely(f, 1, null)).toEqual({ x: 1, y: null, name: null });
  });
  it('refuses unknown, repeated, missing and too many arguments in the words of Python', () => {
    expect(refusal(() => loosely(f, 1, 2, { nmae: 'a' }))).toBe(
      "f() got an unexpected keyword argument 'nmae'",
    );
    expect(refusal(() => loosely(f, 1, { x: 2, y: 3 }))).toBe(
      "f() got multiple values for argument 'x'",
    );
    expect(refusal(() => loosely(f, null, { x: 2, y: 3 }))).toBe(
      "f() got multiple values for argument 'x'",
    );
    expect(refusal(() => loosely(f))).toBe(
      "f() missing 2 required positional arguments: 'x' and 'y'",
    );
    expect(refusal(() => loosely(f, 1))).toBe("f() missing 1 required positional argument: 'y'");
    expect(refusal(() => loosely(f, { name: 'a', y: 1 }))).toBe(
      "f() missing 1 required positional argument: 'x'",
    );
    expect(refusal(() => loosely(four))).toBe(
      "four() missing 3 required positional arguments: 'a', 'b', and 'c'",
    );
    expect(refusal(() => loosely(f, 1, 2, 'n', 4))).toBe(
      'f() takes from 2 to 3 positional arguments but 4 were given',
    );
    expect(refusal(() => loosely(two, 1, 2, 3))).toBe(
      'two() takes 2 positional arguments but 3 were given',
    );
    expect(refusal(() => loosely(one, 1, 2))).toBe(
      'one() takes 1 positional argument but 2 were given',
    );
    expect(refusal(() => loosely(none, 1))).toBe(
      'none() takes 0 positional arguments but 1 was given',
    );
    expect(refusal(() => [1, 2].map(one as (x: number) => unknown))).toBe(
      'one() takes 1 positional argument but 3 were given',
    );
  });
  it('reports keywords before counts, as Python does', () => {
    expect(refusal(() => loosely(f, 1, 2, 3, 4, { nmae: 3 }))).toBe(
      "f() got an unexpected keyword argument 'nmae'",
    );
    expect(refusal(() => loosely(f, 1, { nmae: 3, x: 2 }))).toBe(
      "f() got an unexpected keyword argument 'nmae'",
    );
    expect(refusal(() => loosely(f, 1, { x: 2, nmae: 3 }))).toBe(
      "f() got multiple values for argument 'x'",
    );
    expect(refusal(() => loosely(one, { toString: 1 }))).toBe(
      "one() got an unexpected keyword argument 'toString'",
    );
  });
  it('hints at the nearest name and lists the parameters', () => {
    expect(hint(() => loosely(f, 1, 2, { nmae: 'a' }))).toBe(
      "Did you mean 'name'? The parameters are f(x, y, name=...).",
    );
    expect(hint(() => loosely(reduce, [1], { keepdim: true }))).toBe(
      "Did you mean 'keepdims'? The parameters are reduce(input, axis=..., keepdims=..., name=...).",
    );
    expect(hint(() => loosely(f, 1, { zzzzzz: 1 }))).toBe('The parameters are f(x, y, name=...).');
    expect(hint(() => loosely(none, 1))).toBe('The parameters are none().');
  });
  it('takes as keywords only plain objects', () => {
    class Box {
      x = 1;
    }
    expect(one(new Box())).toEqual(new Box());
    expect(loosely(one, [1])).toEqual([1]);
    expect(loosely(one, new Map())).toEqual(new Map());
    expect(loosely(one, Object.assign(Object.create(null), { x: 5 }))).toBe(5);
    expect(loosely(one, structuredClone({ x: 6 }))).toBe(6);
    expect([{}, Object.create(null)].every(isPlainObject)).toBe(true);
    expect([new Box(), [], null, 1, () => 1, new Map()].some(isPlainObject)).toBe(false);
  });
  it('hands on what the body throws and gives', () => {
    const fails = fn(['x'], (x: number) => {
      throw new RangeError(String(x));
    });
    expect(() => fails(3)).toThrow(RangeError);
  });
  it('calls the body once with exactly the values given', () => {
    const body = jest.fn((x: number, y: number, name: Name = null) => [x, y, name]);
    const call = fn(['x', 'y', 'name'], body);
    Object.defineProperty(body, 'length', { value: 2 });
    call(1, 2);
    expect(body.mock.calls).toEqual([[1, 2]]);
  });
});

describe('parameters that take plain objects', () => {
  type Fetches = number | Record<string, number>;
  const run = fn(
    ['fetches', 'feed_dict', 'options'],
    (
      fetches: Fetches,
      feed_dict: Record<string, number> | null = null,
      options: number | null = null,
    ) => [fetches, feed_dict, options],
    { objects: ['fetches', 'feed_dict'], name: 'run' },
  );
  it('make any other plain object a value', () => {
    expect(run({ a: 1 })).toEqual([{ a: 1 }, null, null]);
    expect(run(1, { 'x:0': 2 })).toEqual([1, { 'x:0': 2 }, null]);
    expect(run(1, { 'x:0': 2, options: 3 })).toEqual([1, { 'x:0': 2, options: 3 }, null]);
    expect(run({ a: 1 }, { feed_dict: { b: 2 } })).toEqual([{ a: 1 }, { b: 2 }, null]);
    expect(run({ fetches: { a: 1 }, options: 2 })).toEqual([{ a: 1 }, null, 2]);
    expect(run({ a: 1 }, { b: 1 }, { options: 3 })).toEqual([{ a: 1 }, { b: 1 }, 3]);
  });
  it('take an empty object as a value', () => {
    expect(run({})).toEqual([{}, null, null]);
    expect(run(1, {})).toEqual([1, {}, null]);
  });
  it('leave the other positions to keywords', () => {
    expect(refusal(() => loosely(run, 1, {}, { trace: 1 }))).toBe(
      "run() got an unexpected keyword argument 'trace'",
    );
    expect(hint(() => loosely(run, { options: 1 }))).toBe(
      "A plain object whose keys are all parameter names is read as keywords; give 'fetches' by name. " +
        'The parameters are run(fetches, feed_dict=..., options=...).',
    );
  });
});

describe('aliases', () => {
  it('set the parameter that they stand for', () => {
    expect(reduce([1], { reduction_indices: 1, keep_dims: true })).toEqual([[1], 1, true, null]);
    expect(reduce([1], 2, { keep_dims: true })).toEqual([[1], 2, true, null]);
  });
  it('are not given when null, and clash otherwise', () => {
    const both = "Cannot specify both 'keep_dims' and 'keepdims'";
    expect(loosely(reduce, [1], { keep_dims: null, keepdims: true })).toEqual([
      [1],
      null,
      true,
      null,
    ]);
    expect(loosely(reduce, [1], null, { reduction_indices: 1 })).toEqual([[1], 1, false, null]);
    expect(loosely(reduce, [1], { keepdims: null, keep_dims: true })).toEqual([
      [1],
      null,
      true,
      null,
    ]);
    expect(() => reduce([1], { keep_dims: true, keepdims: true })).toThrow(new ValueError(both));
    expect(() => reduce([1], { keepdims: false, keep_dims: true })).toThrow(both);
    expect(() => loosely(reduce, [1], 0, false, { keep_dims: true })).toThrow(ValueError);
  });
  it('count as keywords where objects are values', () => {
    const g = fn(['x', 'y'], (x: unknown, y: number = 0) => [x, y], {
      objects: ['x'],
      aliases: { z: 'y' },
    });
    expect(loosely(g, { x: 1, z: 2 })).toEqual([1, 2]);
    expect(loosely(g, { w: 1, z: 2 })).toEqual([{ w: 1, z: 2 }, 0]);
  });
});

describe('signature', () => {
  const adam = signature(
    ['learning_rate', 'beta1', 'name'],
    (learning_rate: number = 0.001, beta1: number = 0.9, name: string = 'Adam') => ({
      learning_rate,
      beta1,
      name,
    }),
    { name: 'AdamOptimizer.__init__' },
  );
  class AdamOptimizer {
    readonly values: { learning_rate: number; beta1: number; name: string };
    constructor(...args: ArgsOf<typeof adam>) {
      this.values = adam(...args);
    }
  }
  it('serves constructors', () => {
    expect(new AdamOptimizer().values).toEqual({ learning_rate: 0.001, beta1: 0.9, name: 'Adam' });
    expect(new AdamOptimizer(0.1, { name: 'a' }).values).toEqual({
      learning_rate: 0.1,
      beta1: 0.9,
      name: 'a',
    });
    expect(new AdamOptimizer({ beta1: 1 }).values.beta1).toBe(1);
    expect(refusal(() => Reflect.construct(AdamOptimizer, [{ lr: 1 }]))).toBe(
      "AdamOptimizer.__init__() got an unexpected keyword argument 'lr'",
    );
  });
  it('types the argument lists', () => {
    expectTypeOf<[0.1, { name: 'x' }]>().toExtend<ArgsOf<typeof adam>>();
    expectTypeOf<[{ beta1: 1; learning_rate: 2 }]>().toExtend<ArgsOf<typeof adam>>();
    expectTypeOf<[{ beta2: 1 }]>().not.toExtend<ArgsOf<typeof adam>>();
    expectTypeOf<[0.1, { learning_rate: 1 }]>().not.toExtend<ArgsOf<typeof adam>>();
    // @ts-expect-error a string is no rate
    expect(() => new AdamOptimizer('fast')).not.toThrow();
    const aliased = signature(['x', 'axis'], (x: number, axis: number = 0) => x + axis, {
      aliases: { dim: 'axis' },
    });
    expect(aliased(1, { dim: 2 })).toBe(3);
    expect(refusal(() => loosely(aliased))).toBe(
      "__init__() missing 1 required positional argument: 'x'",
    );
  });
});

describe('variadic', () => {
  const group = variadic(['name'], (inputs: number[], name: Name = null) => ({ inputs, name }));
  const needs = variadic(['by'], (values: number[], by: number) => values.map((v) => v * by));
  nameFunctions({ group, needs });
  it('gathers values and takes keywords', () => {
    expect(group()).toEqual({ inputs: [], name: null });
    expect(group(1, 2, 3)).toEqual({ inputs: [1, 2, 3], name: null });
    expect(group(1, 2, { name: 'g' })).toEqual({ inputs: [1, 2], name: 'g' });
    expect(group({ name: 'g' })).toEqual({ inputs: [], name: 'g' });
    expect(needs(1, 2, { by: 3 })).toEqual([3, 6]);
  });
  it('refuses in the words of Python', () => {
    expect(refusal(() => loosely(group, 1, { nmae: 'g' }))).toBe(
      "group() got an unexpected keyword argument 'nmae'",
    );
    expect(hint(() => loosely(group, 1, { nmae: 'g' }))).toBe(
      "Did you mean 'name'? The parameters are group(...values, name=...).",
    );
    expect(refusal(() => loosely(needs, 1))).toBe(
      "needs() missing 1 required keyword-only argument: 'by'",
    );
  });
  it('is typed', () => {
    expectTypeOf(group).toBeCallableWith(1, 2);
    expectTypeOf(group).toBeCallableWith(1, 2, { name: 'n' });
    expectTypeOf(group(1)).toEqualTypeOf<{ inputs: number[]; name: Name }>();
    // @ts-expect-error a string is no input
    group('a');
    // @ts-expect-error an unknown keyword
    expect(() => group(1, { nmae: 'a' })).toThrow(TypeError);
  });
});

describe('names', () => {
  it('are given once, by the module that exports the function first', () => {
    const g = fn(['x'], (x: number) => x);
    nameFunctions({ g, plain: Math.max });
    nameFunctions({ other: g });
    expect(g.name).toBe('g');
    expect(Math.max.name).toBe('max');
  });
  it('can be looked up with the parameters', () => {
    expect(parametersOf(reduce)).toEqual({
      names: ['input', 'axis', 'keepdims', 'name'],
      required: 1,
      objects: [],
      aliases: { keep_dims: 'keepdims', reduction_indices: 'axis' },
      variadic: false,
    });
    expect(parametersOf(Math.max)).toBeUndefined();
  });
  it('are found when misspelt', () => {
    expect(nearest('keepdim', ['keepdims', 'axis'])).toBe('keepdims');
    expect(nearest('nmae', ['axis', 'name'])).toBe('name');
    expect(nearest('AXIS', ['axis'])).toBe('axis');
    expect(nearest('strides', ['padding', 'dilations'])).toBeUndefined();
    expect(nearest('x', ['y'])).toBe('y');
    expect(nearest('', [])).toBeUndefined();
  });
});

describe('types of fn', () => {
  it('keep labels and optionality, and derive a keyword object for each prefix', () => {
    expectTypeOf(f).toBeCallableWith(1, 2);
    expectTypeOf(f).toBeCallableWith(1, 2, 'n');
    expectTypeOf(f).toBeCallableWith(1, 2, { name: 'n' });
    expectTypeOf(f).toBeCallableWith(1, { y: 2 });
    expectTypeOf(f).toBeCallableWith(1, { y: 2, name: null });
    expectTypeOf(f).toBeCallableWith({ x: 1, y: 2, name: 'n' });
    expectTypeOf(f({ x: 1, y: 2 })).toEqualTypeOf<{ x: number; y: number; name: Name }>();
    expectTypeOf(f(1, 2)).toEqualTypeOf<{ x: number; y: number; name: Name }>();
  });
  it('refuse wrong calls', () => {
    const check = () => {
      // @ts-expect-error y is required
      f(1);
      // @ts-expect-error y is required among keywords
      f(1, { name: 'n' });
      // @ts-expect-error no such keyword
      f(1, 2, { nmae: 'n' });
      // @ts-expect-error x was given by position
      f(1, { x: 1, y: 2 });
      // @ts-expect-error wrong type by position
      f('1', 2);
      // @ts-expect-error wrong type by name
      f(1, { y: 'a' });
      // @ts-expect-error too many
      f(1, 2, 'n', 4);
    };
    expect(check).toThrow(TypeError);
  });
  it('want one name per parameter', () => {
    const check = () => {
      // @ts-expect-error y has no name
      fn(['x'], (x: number, y: number) => x + y);
      // @ts-expect-error an alias stands for a parameter
      fn(['x'], (x: number) => x, { aliases: { a: 'y' } });
      // @ts-expect-error objects are parameters
      fn(['x'], (x: number) => x, { objects: ['y'] });
    };
    expect(check).not.toThrow();
  });
  it('offer aliases as optional keywords while their parameter is open', () => {
    expectTypeOf(reduce).toBeCallableWith([1], { reduction_indices: 1 });
    expectTypeOf(reduce).toBeCallableWith([1], 0, { keep_dims: true });
    const check = () => {
      // @ts-expect-error axis was given by position
      reduce([1], 0, { reduction_indices: 1 });
      // @ts-expect-error an alias has its parameter's type
      reduce([1], { keep_dims: 'yes' });
    };
    expect(check).toThrow(ValueError);
  });
  it('leave generic bodies generic', () => {
    const identity = fn(['value', 'name'], <T>(value: T, _name: Name = null): T => value);
    expectTypeOf(identity(3 as const)).toEqualTypeOf<3>();
    expect(identity('a', { name: 'n' })).toBe('a');
  });
});
