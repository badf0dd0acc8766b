import { describe, expect, it } from '@jest/globals';
import * as dims from '../../src/core/dims.ts';
import { ValueError } from '../../src/core/errors.ts';
import { golden, replay } from './shapes_golden.ts';

const { both, reduced, windows, rank2, at_least2, texts } = golden.inference;

describe('shape inference agrees with TensorFlow', () => {
  it('on merging', () => {
    const rows = both.map(({ a, b, merge }) => ({ a, b, ...merge }));
    replay(rows, ({ a, b }) => dims.mergeDims(a, b));
  });
  it('on broadcasting', () => {
    const rows = both.map(({ a, b, broadcast }) => ({ a, b, ...broadcast }));
    replay(rows, ({ a, b }) => dims.broadcastDims(a, b));
  });
  it('on reductions', () => {
    replay(reduced, ({ a, axes, keep }) =>
      dims.reducedDims(a, axes === 'unknown' ? undefined : axes, keep),
    );
  });
  it('on windows', () => {
    replay(windows, ({ size, window, stride, padding, dilation }) => {
      const [result] = dims.windowDims([size], [window], [stride], padding, [dilation]);
      return result;
    });
  });
  it('on ranks', () => {
    replay(rank2, ({ a }) => {
      const left = dims.withRank(a, 2);
      return [left[0]!, 7].slice(0, left.length);
    });
    replay(at_least2, ({ a }) => dims.withRankAtLeast(a, 2));
  });
  it('on printing', () => {
    for (const { a, text } of texts) expect(dims.dimsText(a)).toBe(text);
  });
});

describe('one size', () => {
  it('is merged, compared and computed with', () => {
    expect(dims.mergeDim(null, 3)).toBe(3);
    expect(dims.mergeDim(3, null)).toBe(3);
    expect(dims.mergeDim(null, null)).toBeNull();
    expect(() => dims.mergeDim(3, 2)).toThrow(
      new ValueError('Dimensions must be equal, but are 3 and 2'),
    );
    expect(dims.withValue(null, 4)).toBe(4);
    expect(() => dims.withValue(3, 4)).toThrow(new ValueError('Dimension must be 4 but is 3'));
    expect([dims.addDim(1, 2), dims.addDim(null, 2)]).toEqual([3, null]);
    expect([dims.subtractDim(5, 2), dims.subtractDim(null, 2), dims.subtractDim(5, null)]).toEqual([
      3,
      null,
      null,
    ]);
    expect(() => dims.subtractDim(2, 3)).toThrow(
      'Negative dimension size caused by subtracting 3 from 2',
    );
    expect([dims.multiplyDim(0, null), dims.multiplyDim(2, 3), dims.multiplyDim(null, 2)]).toEqual([
      0,
      6,
      null,
    ]);
    expect([dims.divideDim(6, 2), dims.divideDim(null, 2), dims.divideDim(7, 2, false)]).toEqual([
      3,
      null,
      3,
    ]);
    expect(() => dims.divideDim(7, 2)).toThrow(
      'Dimension size must be evenly divisible by 2 but is 7',
    );
    expect(() => dims.divideDim(7, 0)).toThrow('Divisor must be positive but is 0');
  });
  it('refuses windows that do not move', () => {
    expect(() => dims.windowDim(5, 2, 0, 'SAME')).toThrow('Stride must be > 0, but got 0');
    expect(() => dims.windowDim(5, 2, 1, 'SAME', 0)).toThrow(
      'Dilation rate must be >= 1, but got 0',
    );
    expect(dims.windowDim(5, null, 1, 'VALID')).toBeNull();
    expect(dims.windowDim(5, null, 2, 'SAME')).toBe(3);
  });
});

describe('a shape', () => {
  it('tells its size if it is known', () => {
    expect(dims.sizeOf([2, 3])).toBe(6);
    expect(dims.sizeOf([])).toBe(1);
    expect(dims.sizeOf([2, null])).toBeNull();
    expect(dims.sizeOf(null)).toBeNull();
    expect([
      dims.isFullyDefined([2]),
      dims.isFullyDefined([null]),
      dims.isFullyDefined(null),
    ]).toEqual([true, false, false]);
  });
  it('is cut, extended and changed', () => {
    expect(dims.concatDims([2], [null])).toEqual([2, null]);
    expect(dims.concatDims([2], null)).toBeNull();
    expect(dims.sliceDims([2, 3, 4], 1)).toEqual([3, 4]);
    expect(dims.sliceDims([2, 3, 4], 0, -1)).toEqual([2, 3]);
    expect(dims.sliceDims(null, 1)).toBeNull();
    expect(dims.replaceDim([2, 3], -1, null)).toEqual([2, null]);
    expect(() => dims.replaceDim([2, 3], 2, 1)).toThrow(
      'Out of range dim_index 2 for shape with 2 dimensions',
    );
    expect(dims.replaceDim(null, 0, 1)).toBeNull();
  });
  it('is merged with a prefix', () => {
    expect(dims.mergePrefix([null, 3, 4], [2, null])).toEqual([2, 3, 4]);
    expect(dims.mergePrefix(null, [2])).toBeNull();
    expect(() => dims.mergePrefix([3, 4], [2])).toThrow(
      'Dimensions must be equal, but are 3 and 2',
    );
    expect(() => dims.mergePrefix([3], [3, 4])).toThrow(
      'Shape must be at least rank 2 but is rank 1',
    );
  });
  it('is compared', () => {
    expect(dims.sameDims([null, 2], [null, 2])).toBe(true);
    expect(dims.sameDims([null, 2], [1, 2])).toBe(false);
    expect(dims.sameDims(null, null)).toBe(true);
    expect(dims.sameDims(null, [])).toBe(false);
    expect(dims.compatible([null, 2], [1, 2])).toBe(true);
    expect(dims.compatible([null, 2], [1])).toBe(false);
    expect(dims.compatible(null, [1])).toBe(true);
    expect(() => dims.withRankAtMost([1, 2], 1)).toThrow(
      'Shape must be at most rank 1 but is rank 2',
    );
    expect(dims.withRankAtMost(null, 1)).toBeNull();
  });
});
