/** The filters of PNG rows: each byte as its difference from what its neighbours predict. */

const FILTERS = 5;
const [SUB, UP, AVERAGE, PAETH] = [1, 2, 3, 4];

/** The neighbour (left, above, above left) that is nearest to `a + b - c`. */
function paeth(a: number, b: number, c: number): number {
  const [toA, toB, toC] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - c - c)];
  if (toA <= toB && toA <= toC) return a;
  return toB <= toC ? b : c;
}

function predicted(filter: number, a: number, b: number, c: number): number {
  if (filter === SUB) return a;
  if (filter === UP) return b;
  if (filter === AVERAGE) return (a + b) >> 1;
  return filter === PAETH ? paeth(a, b, c) : 0;
}

/** Undoes `filter` in `line`, whose pixels have `step` bytes. False for a filter that does not exist. */
export function unfilterRow(
  filter: number,
  line: Uint8Array,
  above: Uint8Array,
  step: number,
): boolean {
  if (filter >= FILTERS) return false;
  if (filter === 0) return true;
  for (let i = 0; i < line.length; i++) {
    const a = i >= step ? line[i - step]! : 0;
    const c = i >= step ? above[i - step]! : 0;
    line[i] = line[i]! + predicted(filter, a, above[i]!, c);
  }
  return true;
}

/**
 * Writes `line` to `target` by the filter that leaves the smallest differences (the sum of them as
 * signed bytes, which the PNG standard proposes), after the filter's number.
 */
export function filterRow(
  line: Uint8Array,
  above: Uint8Array,
  step: number,
  target: Uint8Array,
): void {
  let least = Number.POSITIVE_INFINITY;
  const tried = new Uint8Array(line.length);
  for (let filter = 0; filter < FILTERS; filter++) {
    let sum = 0;
    for (let i = 0; i < line.length && sum < least; i++) {
      const a = i >= step ? line[i - step]! : 0;
      const c = i >= step ? above[i - step]! : 0;
      const difference = (line[i]! - predicted(filter, a, above[i]!, c)) & 255;
      tried[i] = difference;
      sum += difference < 128 ? difference : 256 - difference;
    }
    if (sum >= least) continue;
    least = sum;
    target[0] = filter;
    target.set(tried, 1);
  }
}
