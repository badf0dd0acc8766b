/** Which seeds a random op gets: from the graph (or the eager context), and from the call. */

import { currentMode } from '../core/mode.ts';
import { fn } from '../core/signature.ts';

const DEFAULT_GRAPH_SEED = 87654321;
const MAX_INT32 = 2 ** 31 - 1;

/** `seed` modulo 2^31 - 1, as Python takes it: never negative. */
function truncated(seed: number): number {
  const rest = seed % MAX_INT32;
  return rest < 0 ? rest + MAX_INT32 : rest;
}

/**
 * The pair of seeds for an op whose call gives `op_seed`. With a graph-level seed and no `op_seed`
 * the second follows from the number of nodes created so far; without either both are `null`, and
 * the op's numbers differ from session to session.
 */
export const get_seed = fn(
  ['op_seed'],
  (op_seed: number | null): [number | null, number | null] => {
    const { seeds } = currentMode();
    if (seeds.graph === null) {
      return op_seed === null ? [null, null] : [DEFAULT_GRAPH_SEED, truncated(op_seed)];
    }
    const pair: [number, number] = [truncated(seeds.graph), truncated(op_seed ?? seeds.nextOp())];
    // Kernels read (0, 0) as "no seed".
    return pair[0] === 0 && pair[1] === 0 ? [0, MAX_INT32] : pair;
  },
);

/** The seed attributes of a random op. */
export function seedAttrs(op_seed: number | null): { seed: number; seed2: number } {
  const [seed, seed2] = get_seed(op_seed);
  return { seed: seed ?? 0, seed2: seed2 ?? 0 };
}
