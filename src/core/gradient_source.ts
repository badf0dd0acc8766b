/**
 * Which call of `tf.gradients` is being built: what it keeps at run time beside the graph's values,
 * such as the arrays that gradients of arrays are collected in, must not mix with another call's.
 */

let current: string | null = null;

/** Runs `body`, which builds the gradients of the call `source`. */
export function withGradientSource<R>(source: string, body: () => R): R {
  const outer = current;
  current = source;
  try {
    return body();
  } finally {
    current = outer;
  }
}

/** The call of `tf.gradients` that is being built, `null` outside of any. */
export function gradientSource(): string | null {
  return current;
}
