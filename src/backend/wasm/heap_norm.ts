/**
 * Batch normalization on the wasm heap, by addresses: sums over pixels by the generated reductions, in
 * double precision, and all else as generated loops over pixels and channels.
 */

import type { Region, RegionNode } from '../../compiler/elementwise.ts';
import type { Attrs } from '../../core/kernels.ts';
import { compileElementwise, type RegionRun } from './elementwise.ts';
import { generatedKernels } from './generated.ts';
import { aligned, FLOAT } from './window_kernels.ts';

/** What a loop reads: all numbers, or a row for every pixel. */
type Walk = 'all' | 'row';
type Node = readonly [op: string, ...inputs: number[]] | number;

/** A loop over pixels and channels, or over channels alone; nodes that are numbers are constants. */
function loop(
  walks: readonly Walk[],
  nodes: readonly Node[],
  outputs: number,
  rank: 1 | 2,
): RegionRun {
  const region: Region = {
    rank,
    inputs: walks.map((walk) => ({
      type: 'float32',
      walks: rank === 1 ? '1' : walk === 'all' ? '11' : '01',
    })),
    nodes: nodes.map((node): RegionNode => {
      if (typeof node === 'number') {
        return { op: 'Const', inputs: [], value: node, type: 'float32' };
      }
      const [op, ...inputs] = node;
      return { op, inputs };
    }),
    outputs: Array.from({ length: outputs }, (_, i) => walks.length + nodes.length - outputs + i),
  };
  return compileElementwise(region)!.run;
}

/** Whether images of this shape can be normalized here. */
export function isNormalizable(shape: readonly number[], attrs: Attrs): boolean {
  return shape.length === 4 && attrs.data_format !== 'NCHW' && generatedKernels() !== null;
}

/** Normalization of images of one shape. All arguments are addresses. */
export class HeapNorm {
  /** Bytes to work in. */
  readonly scratch: number;
  private readonly pixels: number;
  private readonly channels: number;
  private readonly squares: RegionRun;
  private readonly factors: RegionRun;
  private readonly lines: RegionRun;
  private readonly unbiased: RegionRun;
  private readonly copy: RegionRun;

  constructor(shape: readonly number[], epsilon: number) {
    this.channels = shape.at(-1)!;
    this.pixels = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    this.scratch = this.channels * FLOAT;
    const rest = this.pixels;
    this.squares = loop(
      ['all', 'row'],
      [
        ['Sub', 0, 1],
        ['Square', 2],
      ],
      1,
      2,
    );
    this.factors = loop(
      ['row', 'row'],
      [epsilon, ['Add', 0, 2], ['Rsqrt', 3], ['Mul', 4, 1]],
      1,
      1,
    );
    this.lines = loop(
      ['all', 'row', 'row', 'row'],
      [
        ['Sub', 0, 1],
        ['Mul', 4, 2],
        ['Add', 5, 3],
      ],
      1,
      2,
    );
    this.unbiased = loop(['row'], [rest > 1 ? rest / (rest - 1) : 1, ['Mul', 0, 1]], 1, 1);
    this.copy = loop(['row'], [['Identity', 0]], 1, 1);
  }

  /** y by the statistics of x; they are given as their estimates, and as the gradient needs them. */
  train(
    x: number,
    scale: number,
    offset: number,
    y: number,
    mean: number,
    estimate: number,
    savedMean: number,
    variance: number,
    scratch: number,
  ): void {
    const { pixels, channels } = this;
    const { sumColumns } = generatedKernels()!;
    sumColumns(mean, x, 1, pixels, channels, pixels);
    // The result's memory holds the squares until then.
    this.squares(x, mean, y, pixels, channels);
    sumColumns(variance, y, 1, pixels, channels, pixels);
    this.unbiased(variance, estimate, channels);
    this.copy(mean, savedMean, channels);
    this.apply(x, scale, offset, mean, variance, y, scratch);
  }

  /** y = (x - mean) * (scale / sqrt(variance + epsilon)) + offset. */
  apply(
    x: number,
    scale: number,
    offset: number,
    mean: number,
    variance: number,
    y: number,
    scratch: number,
  ): void {
    const { pixels, channels } = this;
    this.factors(variance, scale, scratch, channels);
    this.lines(x, mean, scratch, offset, y, pixels, channels);
  }

  /** Copies a row. */
  pass(from: number, to: number): void {
    this.copy(from, to, this.channels);
  }
}

/** The gradient of a normalization. All arguments are addresses. */
export class HeapNormGradient {
  /** Bytes to work in. */
  readonly scratch: number;
  private readonly pixels: number;
  private readonly channels: number;
  private readonly rowBytes: number;
  private readonly products: RegionRun;
  private readonly rows: RegionRun;
  private readonly lines: RegionRun;

  /** Nothing flows through statistics that are fixed, as if they came from endless data. */
  constructor(shape: readonly number[], epsilon: number, isTraining: boolean) {
    this.channels = shape.at(-1)!;
    this.pixels = shape.slice(0, -1).reduce((product, size) => product * size, 1);
    this.rowBytes = aligned(this.channels * FLOAT);
    this.scratch = 4 * this.rowBytes;
    const rest = isTraining ? this.pixels : Number.POSITIVE_INFINITY;
    this.products = loop(
      ['all', 'all', 'row'],
      [
        ['Sub', 1, 2],
        ['Mul', 0, 3],
      ],
      1,
      2,
    );
    // Of variance, scale, dot and sum: the gradient of the scale, then factor, shift and slope.
    this.rows = loop(
      ['row', 'row', 'row', 'row'],
      [
        epsilon,
        rest,
        ['Add', 0, 4],
        ['Rsqrt', 6],
        ['Div', 2, 5],
        ['Mul', 2, 7],
        ['Mul', 1, 7],
        ['Div', 3, 5],
        ['Div', 8, 6],
      ],
      4,
      1,
    );
    this.lines = loop(
      ['all', 'all', 'row', 'row', 'row', 'row'],
      [
        ['Sub', 0, 4],
        ['Sub', 1, 2],
        ['Mul', 7, 5],
        ['Sub', 6, 8],
        ['Mul', 3, 9],
      ],
      1,
      2,
    );
  }

  run(
    dy: number,
    x: number,
    scale: number,
    mean: number,
    variance: number,
    dx: number,
    dScale: number,
    dOffset: number,
    scratch: number,
  ): void {
    const { pixels, channels, rowBytes } = this;
    const { sumColumns } = generatedKernels()!;
    const [dot, factor] = [scratch, scratch + rowBytes];
    const [shift, slope] = [factor + rowBytes, factor + 2 * rowBytes];
    sumColumns(dOffset, dy, 1, pixels, channels, 1);
    // The result's memory holds the products until then.
    this.products(dy, x, mean, dx, pixels, channels);
    sumColumns(dot, dx, 1, pixels, channels, 1);
    this.rows(variance, scale, dot, dOffset, dScale, factor, shift, slope, channels);
    this.lines(dy, x, mean, factor, shift, slope, dx, pixels, channels);
  }
}
