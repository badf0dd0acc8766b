// Draws curves in the terminal.

const MARKS = '·+*o';

/** One curve: its name, and its points by step. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [step: number, value: number])[];
}

/** The curves as lines of text, `width` x `height` characters beside the numbers of the axes. */
export function drawCurves(curves: readonly Curve[], width = 64, height = 12): string {
  const all = curves.flatMap(({ points }) => points);
  const [low, high] = rangeOf(all.map(([, value]) => value));
  const [first, last] = rangeOf(all.map(([step]) => step));
  const rows = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  for (const [i, { points }] of curves.entries()) {
    for (const [step, value] of points) {
      const x = Math.round(((step - first) / (last - first || 1)) * (width - 1));
      const y = Math.round(((high - value) / (high - low || 1)) * (height - 1));
      rows[y]![x] = MARKS[i % MARKS.length]!;
    }
  }
  const lines = rows.map((row, y) => {
    const value = high - ((high - low) * y) / (height - 1);
    const label = y % 3 === 0 || y === height - 1 ? value.toPrecision(3) : '';
    return `${label.padStart(9)} |${row.join('').trimEnd()}`;
  });
  const steps = `${String(first).padEnd(width - String(last).length)}${last}`;
  const names = curves.map(({ name }, i) => `${MARKS[i % MARKS.length]} ${name}`).join('   ');
  return [
    ...lines,
    `${' '.repeat(9)} +${'-'.repeat(width)}`,
    `${' '.repeat(11)}${steps}`,
    `${' '.repeat(11)}${names}`,
  ].join('\n');
}

function rangeOf(values: readonly number[]): [low: number, high: number] {
  return [Math.min(...values), Math.max(...values)];
}

const HEIGHTS = ' ▁▂▃▄▅▆▇█';

/** A histogram as one line: how much of it lies in each of `width` equal parts from `low` to `high`. */
export function drawHistogram(
  histogram: { readonly bucket_limit: readonly number[]; readonly bucket: readonly number[] },
  low: number,
  high: number,
  width = 48,
): string {
  const parts = new Array<number>(width).fill(0);
  histogram.bucket.forEach((count, i) => {
    // A bucket is spread over the parts that it covers.
    const from = Math.max(low, histogram.bucket_limit[i - 1] ?? low);
    const to = Math.min(high, histogram.bucket_limit[i]!);
    const place = (value: number) => ((value - low) / (high - low)) * width;
    for (let part = 0; part < width; part++) {
      const shared = Math.min(part + 1, place(to)) - Math.max(part, place(from));
      if (shared > 0) parts[part]! += (count * shared) / (place(to) - place(from));
    }
  });
  const most = Math.max(...parts);
  return parts.map((part) => HEIGHTS[Math.ceil((8 * part) / (most || 1))]).join('');
}
