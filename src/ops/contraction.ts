/** Products of tensors of any rank, contracted over chosen axes: `tensordot` and `einsum`. */

import { toTensor } from '../core/convert.ts';
import { isFullyDefined } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { fn, variadic } from '../core/signature.ts';
import type { Dims, Name, Tensor, TensorLike } from '../core/tensor.ts';
import { multiply } from './arithmetic.ts';
import { cast } from './cast.ts';
import { gather } from './gather.ts';
import { concat, stack } from './join.ts';
import { matmul } from './linear.ts';
import { integers } from './literals.ts';
import { transpose } from './move.ts';
import { reduce_prod, reduce_sum } from './reduce.ts';
import { setdiff1d } from './search.ts';
import { range } from './sequence.ts';
import { expand_dims, rank, reshape, shape } from './shape.ts';

// ---- tensordot -------------------------------------------------------------------------------

/** Axes as numbers where they are known, else as a tensor. */
type AxisList = readonly number[] | Tensor;

/** One operand as a matrix, and the sizes of the axes that stay. */
interface Folded {
  readonly matrix: Tensor;
  readonly free: readonly number[] | Tensor;
  readonly staticFree: Dims;
}

/**
 * Sums the products of `a` and `b` over `axes`: the last and first so many, or a list of axes of `a`
 * and one of `b`.
 */
export const tensordot = fn(
  ['a', 'b', 'axes', 'name'],
  (a: TensorLike, b: TensorLike, axes: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Tensordot', (scope) => {
      const [x, y] = [toTensor(a, null, 'a'), toTensor(b, null, 'b')];
      const [xAxes, yAxes] = contractedAxes(x, axes);
      const p = folded(x, xAxes, false);
      const q = folded(y, yAxes, true);
      const product = matmul(p.matrix, q.matrix);
      if (Array.isArray(p.free) && Array.isArray(q.free)) {
        return reshape(product, [...p.free, ...q.free], scope);
      }
      const free = [toTensor(integers(p.free), int32), toTensor(integers(q.free), int32)];
      const result = reshape(product, concat(free, 0), scope);
      if (p.staticFree && q.staticFree) result.set_shape([...p.staticFree, ...q.staticFree]);
      return result;
    }),
);

function contractedAxes(a: Tensor, axes: TensorLike): readonly [AxisList, AxisList] {
  if (typeof axes === 'number') return trailingAxes(a, axes);
  if (!Array.isArray(axes)) {
    const both = toTensor(axes as TensorLike, int32, 'axes');
    return [both.at(0), both.at(1)];
  }
  if (axes.length !== 2) throw new ValueError("'axes' must be an integer or have length 2.");
  const [p, q] = axes.map((list: unknown) => (typeof list === 'number' ? [list] : list)) as [
    AxisList,
    AxisList,
  ];
  if (Array.isArray(p) && Array.isArray(q) && p.length !== q.length) {
    throw new ValueError(
      `Different number of contraction axes 'a' and 'b', ${p.length} != ${q.length}.`,
    );
  }
  return [p, q];
}

function trailingAxes(a: Tensor, count: number): readonly [AxisList, AxisList] {
  if (count < 0) throw new ValueError("'axes' must be at least 0.");
  const first = Array.from({ length: count }, (_, i) => i);
  if (a.dims === null) {
    const depth = rank(a);
    return [range(depth.subtract(toTensor(count, int32)), depth, 1, int32), first];
  }
  const depth = a.dims.length;
  if (count > depth) {
    throw new ValueError(`'axes' must not be larger than the number of dimensions of tensor ${a}.`);
  }
  return [first.map((i) => depth - count + i), first];
}

const product = (sizes: readonly number[]): number => sizes.reduce((p, n) => p * n, 1);

/** `a` with its contracted axes brought last, or first if `flipped`, and folded into one. */
function folded(a: Tensor, axes: AxisList, flipped: boolean): Folded {
  const { dims } = a;
  if (dims === null || axes instanceof Operand) return foldedAtRun(a, axes, null, flipped);
  const gone = axes.map((axis) => (axis < 0 ? axis + dims.length : axis));
  const kept = dims.map((_, d) => d).filter((d) => !gone.includes(d));
  if (!isFullyDefined(dims)) {
    return foldedAtRun(
      a,
      axes,
      kept.map((d) => dims[d]!),
      flipped,
    );
  }
  const free = kept.map((d) => dims[d]!);
  const order = flipped ? [...gone, ...kept] : [...kept, ...gone];
  const sizes = [product(free), product(gone.map((d) => dims[d]!))];
  const matrix = reshape(transpose(a, order), flipped ? sizes.reverse() : sizes);
  return { matrix, free, staticFree: free };
}

function foldedAtRun(a: Tensor, axes: AxisList, staticFree: Dims, flipped: boolean): Folded {
  const size = shape(a);
  const depth = rank(a);
  const given = toTensor(integers(axes as TensorLike), int32, 'axes');
  const fromFront = cast(given.greater_equal(0), int32).multiply(given);
  const fromBack = cast(given.less(0), int32).multiply(given.add(depth));
  const gone = fromFront.add(fromBack);
  const { out: kept } = setdiff1d(range(depth), gone);
  const free = gather(size, kept);
  const inner = gather(size, gone);
  const sizes = [reduce_prod(free), reduce_prod(inner)];
  const order = concat(flipped ? [gone, kept] : [kept, gone], 0);
  const form = stack(flipped ? sizes.reverse() : sizes);
  const matrix = reshape(transpose(a, order), form);
  return { matrix, free, staticFree };
}

// ---- einsum ----------------------------------------------------------------------------------

/** A tensor whose axes have letters. */
interface Lettered {
  readonly tensor: Tensor;
  readonly letters: string;
}

/**
 * Sums of products over indices: `einsum('ij,jk->ik', a, b)`. What is after the arrow stays; without
 * an arrow, the letters that occur once, in alphabetical order.
 */
export const einsum = variadic(
  ['name'],
  (values: readonly unknown[], name: Name = null): Tensor => {
    const [equation, ...inputs] = values as [string, ...TensorLike[]];
    return nameScope(name, 'einsum', () => {
      const { terms, output } = parseEquation(equation, inputs.length);
      const tensors = inputs.map((input, i) => ({ tensor: toTensor(input), letters: terms[i]! }));
      const [first, ...rest] = tensors;
      const sum = rest.reduce((left, right) => contract(left, right, output), first!);
      return ordered(sum, output, equation);
    });
  },
);

function parseEquation(
  equation: string,
  count: number,
): { readonly terms: readonly string[]; readonly output: string } {
  if (equation.includes('...')) {
    throw new ValueError('Subscripts with ellipses are not yet supported.');
  }
  const match = /^([a-z,]+)(->[a-z]*)?$/.exec(equation.replaceAll(' ', ''));
  if (!match) throw new ValueError(`Indices have incorrect format: ${equation}`);
  const terms = match[1]!.split(',');
  if (terms.length !== count) {
    throw new ValueError(
      `Expected ${terms.length} arguments for equation "${equation}", got ${count}`,
    );
  }
  const letters = terms.join('');
  const output = match[2]?.slice(2) ?? lettersOnce(letters);
  const unknown = [...output].filter((letter) => !letters.includes(letter));
  if (unknown.length > 0) {
    const names = unknown.map((letter) => `'${letter}'`).join(', ');
    throw new ValueError(`Unknown output axes: {${names}}`);
  }
  return { terms, output };
}

function lettersOnce(letters: string): string {
  const once = [...letters].filter((a) => letters.indexOf(a) === letters.lastIndexOf(a));
  return once.sort().join('');
}

/** Sums away what is left over, and brings the axes into the order of `output`. */
function ordered({ tensor, letters }: Lettered, output: string, equation: string): Tensor {
  const over = [...letters].flatMap((a, i) => (output.includes(a) ? [] : [i]));
  const sum = over.length > 0 ? reduce_sum(tensor, over) : tensor;
  const rest = [...letters].filter((a) => output.includes(a)).join('');
  if ([...rest].sort().join() !== [...output].sort().join()) {
    throw new ValueError(`Invalid equation: ${equation}`);
  }
  return transposed(
    sum,
    [...output].map((a) => rest.indexOf(a)),
  );
}

function transposed(x: Tensor, order: readonly number[]): Tensor {
  return order.every((axis, i) => axis === i) ? x : transpose(x, [...order]);
}

/** The product of two, summed over the letters that both have and `output` does not. */
function contract(left: Lettered, right: Lettered, output: string): Lettered {
  for (const [i, { tensor, letters }] of [left, right].entries()) {
    if (tensor.dims !== null && tensor.dims.length !== letters.length) {
      throw new ValueError(
        `Tensor t${i} of rank ${tensor.dims.length} does not match einsum reduction of length ${letters.length}`,
      );
    }
  }
  const both = [...left.letters].filter((a) => right.letters.includes(a));
  const summed = both.filter((a) => !output.includes(a)).sort();
  const kept = both.filter((a) => output.includes(a)).sort();
  const own = ({ letters }: Lettered): string[] =>
    [...letters].filter((a) => !both.includes(a)).sort();
  const [p, q] = [own(left), own(right)];
  const x = arranged(left, [...kept, ...p, ...summed]);
  const y = arranged(right, [...kept, ...summed, ...q]);
  const letters = [...kept, ...p, ...q].join('');
  const tensor =
    summed.length === 0
      ? outerProduct(x, y, kept.length, p.length, q.length)
      : foldedProduct(x, y, { kept: kept.length, p: p.length, summed: summed.length, q: q.length });
  return { tensor, letters };
}

function arranged({ tensor, letters }: Lettered, order: readonly string[]): Tensor {
  return transposed(
    tensor,
    order.map((a) => letters.indexOf(a)),
  );
}

function outerProduct(x: Tensor, y: Tensor, kept: number, p: number, q: number): Tensor {
  let [left, right] = [x, y];
  for (let i = 0; i < q; i++) left = expand_dims(left, -1);
  for (let i = 0; i < p; i++) right = expand_dims(right, kept);
  return multiply(left, right);
}

/** A size: a number, or a scalar tensor where it is not known. */
type Size = number | Tensor;

function sizesOf(x: Tensor, depth: number): Size[] {
  const dims = x.dims ?? new Array<null>(depth).fill(null);
  if (isFullyDefined(dims)) return [...dims];
  const size = shape(x);
  return dims.map((n, i) => n ?? size.at(i));
}

function total(sizes: readonly Size[]): Size {
  return sizes.reduce<Size>((p, n) => {
    if (typeof p === 'number' && typeof n === 'number') return p * n;
    return toTensor(p, int32).multiply(n);
  }, 1);
}

/** How many axes of each kind two operands have. */
interface Counts {
  readonly kept: number;
  readonly p: number;
  readonly summed: number;
  readonly q: number;
}

function foldedProduct(x: Tensor, y: Tensor, { kept, p, summed, q }: Counts): Tensor {
  const xSizes = sizesOf(x, kept + p + summed);
  const ySizes = sizesOf(y, kept + summed + q);
  const batch = xSizes.slice(0, kept);
  const rows = xSizes.slice(kept, xSizes.length - summed);
  const inner = total(xSizes.slice(xSizes.length - summed));
  const columns = ySizes.slice(ySizes.length - q, q === 0 ? 0 : undefined);
  const left = reshaped(x, [...batch, total(rows), inner]);
  const right = reshaped(y, [...batch, inner, total(columns)]);
  return reshaped(matmul(left, right), [...batch, ...rows, ...columns]);
}

function reshaped(x: Tensor, sizes: readonly Size[]): Tensor {
  const { dims } = x;
  if (dims?.length === sizes.length && sizes.every((n, i) => n === dims[i])) return x;
  return reshape(
    x,
    sizes.every((n) => typeof n === 'number')
      ? [...sizes]
      : stack(sizes.map((n) => toTensor(n, int32))),
  );
}
