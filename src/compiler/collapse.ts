/** Broadcasting, reduced to what a loop has to know: dimensions that all operands walk alike become one. */

/** How operands of several shapes walk over one result. */
export interface Walk {
  /** The sizes of the dimensions left, outermost first; at least one. */
  readonly sizes: readonly number[];
  /** For each operand a `1` or a `0` per dimension: whether it walks along it or repeats. */
  readonly patterns: readonly string[];
}

/**
 * How operands of `shapes` walk over a result of `shape`, to which they all broadcast by NumPy's
 * rules. Each operand's numbers lie in order, without gaps.
 */
export function collapse(shape: readonly number[], shapes: readonly (readonly number[])[]): Walk {
  const rank = shape.length;
  const sizes: number[] = [];
  const columns: string[] = [];
  for (let d = 0; d < rank; d++) {
    const size = shape[d]!;
    if (size === 1) continue;
    const column = shapes.map((x) => ((x[d - rank + x.length] ?? 1) === 1 ? '0' : '1')).join('');
    if (columns.at(-1) === column) sizes[sizes.length - 1]! *= size;
    else {
      sizes.push(size);
      columns.push(column);
    }
  }
  if (sizes.length === 0) {
    sizes.push(1);
    columns.push('1'.repeat(shapes.length));
  }
  return {
    sizes,
    patterns: shapes.map((_, i) => columns.map((column) => column[i]!).join('')),
  };
}
