/** Sizes and texts of shapes. */

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const dimension of shape) size *= dimension;
  return size;
}

/** A shape as Python prints a tuple: `()`, `(2,)`, `(2, 3)`. */
export function tupleRepr(shape: readonly number[]): string {
  return `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** A shape as NumPy's errors print it: `(2,)`, `(2,3)`. */
export function tupleText(shape: readonly number[]): string {
  return `(${shape.join(',')}${shape.length === 1 ? ',' : ''})`;
}
