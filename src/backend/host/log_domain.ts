/** Probabilities as their logarithms, -Infinity being impossible. */

/** log(exp(a) + exp(b)). */
export function logAdd(a: number, b: number): number {
  if (a === -Infinity) return b;
  if (b === -Infinity) return a;
  return a > b ? a + Math.log1p(Math.exp(b - a)) : b + Math.log1p(Math.exp(a - b));
}

/** The logarithms of the softmax of each row of `classes` numbers, in place. */
export function logSoftmaxes(rows: Float64Array, classes: number): Float64Array {
  for (let at = 0; at < rows.length; at += classes) {
    const row = rows.subarray(at, at + classes);
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = row.reduce((s, x) => s + Math.exp(x - top), 0);
    const offset = top + Math.log(sum);
    for (let c = 0; c < classes; c++) row[c]! -= offset;
  }
  return rows;
}
