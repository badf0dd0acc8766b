/** Functions with named parameters, written as statements: what hand-written kernels share. */

import { access } from './access.ts';
import {
  advance,
  type Code,
  encodeModule,
  get,
  I32,
  int,
  i32 as integer,
  Locals,
  set,
  type ValueType,
  type WasmFunction,
} from './encoder.ts';
import { Constants, Scope } from './simd.ts';

/** The code that pushes each parameter or local, by name. */
export type Named<N extends string> = Readonly<Record<N, number>>;

/** Adds an exported function to a module. */
export type KernelFunction = (constants: Constants) => WasmFunction;

/** An exported function; parameters are integers, if `types` does not say otherwise. */
export function kernelFunction<const P extends string, const L extends string>(
  name: string,
  parameters: readonly P[],
  integers: readonly L[],
  write: (s: Scope, local: Named<P | L>) => void,
  types: Partial<Record<P, ValueType>> = {},
): KernelFunction {
  return (constants) => {
    const s = new Scope(new Locals(parameters.length), constants);
    const places = Object.fromEntries(parameters.map((key, i) => [key, i]));
    write(s, { ...places, ...s.locals.integers(...integers) } as Named<P | L>);
    return {
      name,
      params: parameters.map((key) => types[key] ?? I32),
      locals: s.locals.runs,
      body: [...s.prologue, ...s.body],
    };
  };
}

/** The bytes of a module that exports `functions`. */
export function kernelModule(functions: readonly KernelFunction[]): Uint8Array {
  const constants = new Constants();
  const encoded = functions.map((make) => make(constants));
  return encodeModule(encoded, [], constants.vectors);
}

/** `for (counter = count; counter > 0; counter--) body` */
export function repeat(s: Scope, counter: number, count: Code, body: () => void): void {
  s.push(count);
  s.push(set(counter));
  s.whileAtLeast(counter, 1, () => {
    body();
    s.push(advance(counter, int(-1)));
  });
}

/** `local = code` */
export function assign(s: Scope, local: number, code: Code): void {
  s.push(code);
  s.push(set(local));
}

/** `a + b` of two locals. */
export const plus = (a: number, b: number): number[] => [...get(a), ...get(b), integer.add];
/** `a * b` of two locals. */
export const times = (a: number, b: number): number[] => [...get(a), ...get(b), integer.multiply];
/** A local times a power of two. */
export const shifted = (a: number, bits: number): number[] => [
  ...get(a),
  ...int(bits),
  integer.shiftLeft,
];

/** One float in the first lane, the others 0. */
export const loadOne = (address: number): number[] => [...get(address), ...access(0x5c, 2)];
/** Stores the first lane. */
export const storeOne = (address: Code, value: Code): number[] => [
  ...address,
  ...value,
  ...access(0x5a, 2, 0, 0),
];
