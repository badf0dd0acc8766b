/** Functions of the caller that run inside a graph: what `tf.py_func` registers and its kernel calls. */

import type { Literal } from './tensor.ts';

/** A function on whole values. */
export type HostFunction = (inputs: readonly Literal[]) => readonly Literal[];

const functions = new Map<string, HostFunction>();

/** Registers `f` and returns the token that names it in a graph. */
export function registerHostFunction(f: HostFunction): string {
  const token = `pyfunc_${functions.size}`;
  functions.set(token, f);
  return token;
}

/** The function that `token` names, if this program registered it. */
export function hostFunction(token: string): HostFunction | undefined {
  return functions.get(token);
}
