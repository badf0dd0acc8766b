/** Sources whose lives overlap have memory of their own, and little is wasted. */

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { float32 } from '../../src/core/dtype.ts';
import { layOut } from '../../src/session/specialised/layout.ts';
import { END, Source, START } from '../../src/session/specialised/source.ts';

interface Life {
  readonly from: number;
  readonly length: number;
  readonly floats: number;
}

function sourceOf({ from, length, floats }: Life): Source {
  const source = new Source('arena', from, { dtype: float32, shape: [floats] });
  source.until = length > 30 ? END : from + length;
  return source;
}

const life: fc.Arbitrary<Life> = fc.record({
  from: fc.integer({ min: START, max: 40 }),
  length: fc.oneof({ weight: 9, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.nat(40) }),
  floats: fc.oneof(fc.nat(8), fc.nat(64), fc.nat(5000)),
});

test('random lives', () => {
  fc.assert(
    fc.property(fc.array(life, { minLength: 1, maxLength: 60 }), (lives) => {
      const sources = lives.map(sourceOf);
      const { bytes, live } = layOut(sources);
      for (const [i, a] of sources.entries()) {
        expect(a.home.at % 16).toBe(0);
        expect(a.home.at + a.bytes).toBeLessThanOrEqual(bytes);
        for (const b of sources.slice(i + 1)) {
          if (a.until < b.from || b.until < a.from) continue;
          const [low, high] = a.home.at < b.home.at ? [a, b] : [b, a];
          expect(low.home.at + Math.max(4, low.bytes)).toBeLessThanOrEqual(high.home.at);
        }
      }
      expect(bytes).toBeGreaterThanOrEqual(live);
      expect(bytes).toBeLessThanOrEqual(1.3 * live);
    }),
    { seed: 20261123, numRuns: 400 },
  );
});

test('the most that is alive is known, and ten thousand lives are laid out at once', () => {
  const chain = Array.from({ length: 10_000 }, (_, i) =>
    sourceOf({ from: i, length: 1, floats: 4 + (i % 2) }),
  );
  expect(layOut(chain)).toEqual({ bytes: 48, live: 48 });
  expect(layOut([])).toEqual({ bytes: 0, live: 0 });
});
