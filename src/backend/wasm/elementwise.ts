/**
 * Fused element-wise regions over the wasm heap: modules are compiled once per content, and run on any
 * addresses and sizes.
 */

import {
  elementwiseModule,
  type Region,
  regionKey,
  regionTypes,
} from '../../compiler/elementwise.ts';

/** Takes the addresses of inputs and outputs in bytes, then the sizes of the dimensions. */
export type RegionRun = (...numbers: number[]) => void;

/** A region that is ready to run. */
export interface CompiledRegion {
  readonly key: string;
  readonly run: RegionRun;
}

/** More modules than this are not kept; the one that was used longest ago goes. */
const KEPT = 512;

/** How many numbers `placeScalars` has room for. */
const SCALARS = 64;

let memory: WebAssembly.Memory | null = null;
let scalars = 0;
let room: Float32Array = new Float32Array();
const modules = new Map<string, CompiledRegion>();

/** Says on which heap regions run. */
export function installElementwise(
  heap: WebAssembly.Memory,
  malloc: (bytes: number) => number,
): void {
  memory = heap;
  scalars = malloc(SCALARS * 4) >>> 0;
}

/** Writes a few numbers onto the heap, one after the other, until the next call; the address of the first. */
export function placeScalars(numbers: ArrayLike<number>): number {
  const { buffer } = memory!;
  if (room.buffer !== buffer) room = new Float32Array(buffer, scalars, SCALARS);
  for (let i = 0; i < numbers.length; i++) room[i] = numbers[i]!;
  return scalars;
}

/** The region as a function over the heap; `null` where there is no heap, or code cannot be generated for an operation. */
export function compileElementwise(region: Region): CompiledRegion | null {
  if (memory === null || regionTypes(region) === null) return null;
  const key = regionKey(region);
  const found = modules.get(key);
  if (found) {
    modules.delete(key);
    modules.set(key, found);
    return found;
  }
  const module = new WebAssembly.Module(elementwiseModule(region) as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { env: { memory, power } });
  const compiled = { key, run: exports.run as RegionRun };
  modules.set(key, compiled);
  if (modules.size > KEPT) modules.delete(modules.keys().next().value!);
  return compiled;
}

/** C's pow, which differs from JavaScript's where the base is 1 or -1. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}
