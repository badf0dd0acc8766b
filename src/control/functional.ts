/**
 * `tf.map_fn`, `tf.scan`, `tf.foldl` and `tf.foldr`: functions over the slices of tensors, as loops
 * that read from tensor arrays and write to them.
 */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { assertSameStructure, isNested, leavesOf, mapLeaves, packAs } from '../core/nest.ts';
import type { Operand } from '../core/operand.ts';
import { TensorShape } from '../core/shape.ts';
import { fn as keyworded } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Literal, Name, Tensor, TensorLike } from '../core/tensor.ts';
import { asArray } from '../numpy/index.ts';
import { shape } from '../ops/shape.ts';
import { TensorArray } from '../ops/tensor_array.ts';
import { while_loop } from './while_loop.ts';

// ---- types -------------------------------------------------------------------------------------

/** The same nesting with a tensor in each place. */
export type Tensors<T> = unknown extends T
  ? Tensor
  : T extends Operand | Literal | number | boolean | string | ArrayBufferView
    ? Tensor
    : T extends readonly (number | boolean | string)[]
      ? T extends readonly []
        ? []
        : Tensor
      : T extends readonly unknown[] | Readonly<Record<string, unknown>>
        ? { -readonly [K in keyof T]: Tensors<T[K]> }
        : Tensor;

interface LoopKeywords {
  readonly parallel_iterations?: number;
  readonly back_prop?: boolean;
  readonly swap_memory?: boolean;
  readonly name?: Name;
  /** A tensor in this place is a value, not keywords. */
  readonly op?: never;
}
interface MapKeywords extends LoopKeywords {
  readonly dtype?: unknown;
  readonly infer_shape?: boolean;
}
interface FoldKeywords<A> extends LoopKeywords {
  readonly initializer?: A | null;
}
interface ScanKeywords<A> extends FoldKeywords<A> {
  readonly infer_shape?: boolean;
  readonly reverse?: boolean;
}

/** `tf.map_fn`. */
export interface MapFn {
  <E, R>(fn: (elem: Tensors<E>) => R, elems: E, keywords: MapKeywords): Tensors<R>;
  <E, R>(
    fn: (elem: Tensors<E>) => R,
    elems: E,
    dtype?: unknown,
    parallel_iterations?: number,
    back_prop?: boolean,
    swap_memory?: boolean,
    infer_shape?: boolean,
    name?: Name,
  ): Tensors<R>;
  <E, R>(
    keywords: MapKeywords & { readonly fn: (elem: Tensors<E>) => R; readonly elems: E },
  ): Tensors<R>;
}

/** `tf.foldl` and `tf.foldr`. */
export interface Fold {
  <E, A = E>(
    fn: (accumulated: Tensors<A>, elem: Tensors<E>) => unknown,
    elems: E,
    keywords: FoldKeywords<A>,
  ): Tensors<A>;
  <E, A = E>(
    fn: (accumulated: Tensors<A>, elem: Tensors<E>) => unknown,
    elems: E,
    initializer?: A | null,
    parallel_iterations?: number,
    back_prop?: boolean,
    swap_memory?: boolean,
    name?: Name,
  ): Tensors<A>;
  <E, A = E>(
    keywords: FoldKeywords<A> & {
      readonly fn: (accumulated: Tensors<A>, elem: Tensors<E>) => unknown;
      readonly elems: E;
    },
  ): Tensors<A>;
}

/** `tf.scan`. */
export interface Scan {
  <E, A = E>(
    fn: (accumulated: Tensors<A>, elem: Tensors<E>) => unknown,
    elems: E,
    keywords: ScanKeywords<A>,
  ): Tensors<A>;
  <E, A = E>(
    fn: (accumulated: Tensors<A>, elem: Tensors<E>) => unknown,
    elems: E,
    initializer?: A | null,
    parallel_iterations?: number,
    back_prop?: boolean,
    swap_memory?: boolean,
    infer_shape?: boolean,
    reverse?: boolean,
    name?: Name,
  ): Tensors<A>;
  <E, A = E>(
    keywords: ScanKeywords<A> & {
      readonly fn: (accumulated: Tensors<A>, elem: Tensors<E>) => unknown;
      readonly elems: E;
    },
  ): Tensors<A>;
}

type Call = (...args: unknown[]) => unknown;

// ---- what they share ---------------------------------------------------------------------------

/** A list of nothing but plain values stands for one tensor, not for a structure of scalars. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0 && value.every(isPlain);
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string';
}

/** `value` with an array in place of each list of plain values. */
function asStructure(value: unknown): unknown {
  return Array.isArray(value) && isPlain(value) ? asArray(value) : value;
}

/** The tensors to go through, and how they are nested. */
class Elements {
  readonly tensors: readonly Tensor[];
  /** How many slices there are: a number where that is known. */
  readonly count: number | Tensor;
  private readonly structure: unknown;

  constructor(structure: unknown) {
    this.structure = structure;
    this.tensors = leavesOf(structure).map((leaf) => toTensor(leaf as TensorLike, null, 'elem'));
    this.count = this.staticCount().toDims()?.[0] || shape(this.tensors[0]!).at(0);
  }

  /** The first dimension, as far as all of them tell. */
  staticCount(): TensorShape {
    let count = new TensorShape([null]);
    for (const tensor of this.tensors) {
      const dims = tensor.shape.with_rank_at_least(1).toDims();
      count = count.merge_with([dims?.[0] ?? null]);
    }
    return count;
  }

  pack(flat: readonly unknown[]): unknown {
    return isNested(this.structure) ? packAs(this.structure, flat) : flat[0];
  }

  /** An array of the slices of each tensor. */
  arrays(withShapes: boolean): TensorArray[] {
    return this.tensors
      .map((tensor) => {
        const { dims } = tensor;
        const inner = withShapes ? { element_shape: TensorShape.of(dims?.slice(1) ?? null) } : {};
        return new TensorArray({ dtype: tensor.dtype, size: this.size, ...inner });
      })
      .map((array, i) => array.unstack(this.tensors[i]!));
  }

  get size(): TensorLike {
    return typeof this.count === 'number' ? int32(this.count) : this.count;
  }

  /** What the arrays of results hold, stacked. */
  stacked(arrays: readonly TensorArray[]): Tensor[] {
    const count = this.staticCount();
    return arrays.map((array) => {
      const result = array.stack();
      const inner = result.dims?.slice(1) ?? null;
      if (inner !== null) result.set_shape(count.concatenate(TensorShape.of(inner)));
      return result;
    });
  }
}

function checkElements(elems: unknown): void {
  if (!(elems instanceof SparseTensor)) return;
  throw new TypeError(
    'To perform a map over the values of a sparse tensor use either  SparseTensor(input.indices, fn(input.values), input.dense_shape) or  SparseTensor(input.indices, map_fn(fn, input.values), input.dense_shape)',
  );
}

function checkCallable(f: unknown): void {
  if (typeof f !== 'function') throw new TypeError('fn must be callable.');
}

const below = (i: Tensor, count: number | Tensor): Tensor =>
  i.less(typeof count === 'number' ? int32(count) : count);

/** What `fn` gave as flat tensors, which must be nested like `structure`. */
function resultsOf(structure: unknown, result: unknown): TensorLike[] {
  const given = isNested(structure) ? result : asStructure(result);
  assertSameStructure(structure, given);
  return leavesOf(given) as TensorLike[];
}

// ---- map ---------------------------------------------------------------------------------------

const mapFunction: unknown = keyworded(
  [
    'fn',
    'elems',
    'dtype',
    'parallel_iterations',
    'back_prop',
    'swap_memory',
    'infer_shape',
    'name',
  ],
  (
    fn: Call,
    elems: unknown,
    dtype: unknown = null,
    parallel_iterations: number = 10,
    back_prop: boolean = true,
    swap_memory: boolean = false,
    infer_shape: boolean = true,
    name: Name = null,
  ): unknown => {
    checkCallable(fn);
    checkElements(elems);
    const given = asStructure(elems);
    if (leavesOf(given).length === 0) {
      throw new ValueError(
        'elems must be a Tensor or (possibly nested) sequence of Tensors. Got [], which does not contain any Tensors.',
      );
    }
    const results = dtype ?? given;
    return nameScope(name, 'map', () => {
      const elements = new Elements(given);
      const types = typesOf(dtype, elements);
      const arrays = elements.arrays(false);
      const start = toTensor(int32(0), null, 'Const');
      const outputs = types.map(
        (type) => new TensorArray({ dtype: type, size: elements.size, infer_shape }),
      );
      const [, written] = while_loop(
        (i) => below(i, elements.count),
        (i, targets) => {
          const slices = arrays.map((array) => array.read(i));
          const flat = resultsOf(results, fn(elements.pack(slices)));
          const writes = targets.map((array, k) => array.write(i, flat[k]!));
          return [i.add(int32(1)), writes];
        },
        [start, outputs] as const,
        {
          parallel_iterations,
          back_prop,
          swap_memory,
          maximum_iterations: elements.size,
        },
      );
      const stacked = elements.stacked(written);
      return isNested(results) ? packAs(results, stacked) : stacked[0]!;
    });
  },
  { objects: ['elems', 'dtype'] },
);

/**
 * The results of `fn` for each slice of `elems` along the first dimension, stacked. `elems` may be a
 * structure of tensors, whose slices `fn` gets in the same structure; `dtype` is the type of the
 * result, in the structure of what `fn` returns, where that differs from `elems`.
 */
export const map_fn = mapFunction as MapFn;

function typesOf(dtype: unknown, elements: Elements): DType[] {
  if (dtype === null) return elements.tensors.map((tensor) => tensor.dtype);
  return leavesOf(dtype).map((type) => as_dtype(type as DTypeLike));
}

// ---- folds -------------------------------------------------------------------------------------

/** The first accumulated value. */
function initial(initializer: unknown): unknown {
  return mapLeaves((leaf) => toTensor(leaf as TensorLike), asStructure(initializer));
}

interface FoldSettings {
  readonly parallel_iterations: number;
  readonly back_prop: boolean;
  readonly swap_memory: boolean;
}

function foldFunction(
  scope: string,
  fold: (fn: Call, elements: Elements, initializer: unknown, settings: FoldSettings) => unknown,
): Fold {
  const made: unknown = keyworded(
    ['fn', 'elems', 'initializer', 'parallel_iterations', 'back_prop', 'swap_memory', 'name'],
    (
      fn: Call,
      elems: unknown,
      initializer: unknown = null,
      parallel_iterations: number = 10,
      back_prop: boolean = true,
      swap_memory: boolean = false,
      name: Name = null,
    ): unknown => {
      checkCallable(fn);
      checkElements(elems);
      return nameScope(name, scope, () =>
        fold(fn, new Elements(asStructure(elems)), initializer, {
          parallel_iterations,
          back_prop,
          swap_memory,
        }),
      );
    },
    { objects: ['elems', 'initializer'] },
  );
  return made as Fold;
}

/**
 * `fn(fn(fn(initializer, elems[0]), elems[1]), ...)`, from the first slice of `elems` to the last.
 * Without an initializer the first slice is it.
 */
export const foldl = foldFunction('foldl', (fn, elements, initializer, settings) => {
  const arrays = elements.arrays(false);
  const slice = (i: TensorLike) => elements.pack(arrays.map((array) => array.read(i)));
  const first = initializer === null ? slice(int32(0)) : initial(initializer);
  const start = toTensor(int32(initializer === null ? 1 : 0), null, 'Const');
  const [, result] = while_loop(
    (i) => below(i, elements.count),
    (i, accumulated) => {
      const next = fn(accumulated, slice(i));
      return [i.add(int32(1)), next];
    },
    [start, first] as const,
    { ...settings, maximum_iterations: elements.size },
  );
  return result;
});

/**
 * `fn(fn(fn(initializer, elems[-1]), elems[-2]), ...)`, from the last slice of `elems` to the first.
 * Without an initializer the last slice is it.
 */
export const foldr = foldFunction('foldr', (fn, elements, initializer, settings) => {
  const arrays = elements.arrays(false);
  const slice = (i: TensorLike) => elements.pack(arrays.map((array) => array.read(i)));
  const start = initializer === null ? minus(elements.count, 1) : elements.size;
  const first = initializer === null ? slice(start) : initial(initializer);
  const [, result] = while_loop(
    (i) => i.greater(int32(0)),
    (i, accumulated) => {
      const at = i.subtract(int32(1));
      return [at, fn(accumulated, slice(at))];
    },
    [toTensor(start), first] as const,
    { ...settings, maximum_iterations: elements.size },
  );
  return result;
});

function minus(count: number | Tensor, by: number): TensorLike {
  return typeof count === 'number' ? int32(count - by) : count.subtract(int32(by));
}

// ---- scan --------------------------------------------------------------------------------------

const scanFunction: unknown = keyworded(
  [
    'fn',
    'elems',
    'initializer',
    'parallel_iterations',
    'back_prop',
    'swap_memory',
    'infer_shape',
    'reverse',
    'name',
  ],
  (
    fn: Call,
    elems: unknown,
    initializer: unknown = null,
    parallel_iterations: number = 10,
    back_prop: boolean = true,
    swap_memory: boolean = false,
    infer_shape: boolean = true,
    reverse: boolean = false,
    name: Name = null,
  ): unknown => {
    checkCallable(fn);
    checkElements(elems);
    const given = asStructure(elems);
    return nameScope(name, 'scan', () =>
      scanned(
        fn,
        new Elements(given),
        initializer === null ? given : asStructure(initializer),
        { parallel_iterations, back_prop, swap_memory },
        { infer_shape, reverse, starts: initializer !== null },
      ),
    );
  },
  { objects: ['elems', 'initializer'] },
);

/**
 * What `tf.foldl` accumulates, each step of it, stacked. `reverse` goes from the last slice to the
 * first; the results stay in the order of `elems`.
 */
export const scan = scanFunction as Scan;

interface ScanSettings {
  readonly infer_shape: boolean;
  readonly reverse: boolean;
  /** Whether there is an initializer. */
  readonly starts: boolean;
}

/** Goes through `elements`; `structure` is how the accumulated values are nested. */
function scanned(
  fn: Call,
  elements: Elements,
  structure: unknown,
  settings: FoldSettings,
  { infer_shape, reverse, starts }: ScanSettings,
): unknown {
  const pack = (flat: readonly unknown[]): unknown =>
    isNested(structure) ? packAs(structure, flat) : flat[0];
  const { count, size } = elements;
  const arrays = elements.arrays(true);
  const edge = (): TensorLike => (reverse ? minus(count, 1) : int32(0));
  const first = starts
    ? leavesOf(structure).map((leaf) => toTensor(leaf as TensorLike))
    : arrays.map((array) => array.read(edge()));
  let outputs = first.map((tensor) => {
    const inner = infer_shape ? { element_shape: tensor.shape } : {};
    return new TensorArray({ dtype: tensor.dtype, size, infer_shape, ...inner });
  });
  if (!starts) outputs = outputs.map((array, k) => array.write(edge(), first[k]!));
  const skipped = starts ? 0 : 1;
  const start = reverse ? minus(count, 1 + skipped) : int32(skipped);
  const [, , written] = while_loop(
    (i) => (reverse ? i.greater_equal(int32(0)) : below(i, count)),
    (i, accumulated, targets) => {
      const slices = elements.pack(arrays.map((array) => array.read(i)));
      const flat = resultsOf(structure, fn(pack(accumulated), slices));
      const writes = targets.map((array, k) => array.write(i, flat[k]!));
      return [reverse ? i.subtract(int32(1)) : i.add(int32(1)), flat, writes];
    },
    [toTensor(start), first, outputs] as const,
    { ...settings, maximum_iterations: size },
  );
  return pack(elements.stacked(written));
}
