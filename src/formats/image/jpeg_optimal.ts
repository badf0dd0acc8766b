/** Huffman codes made for an image (ITU T.81, annex K.2): at most 16 bits, and none of ones alone. */

import type { HuffmanSpec } from './jpeg_markers.ts';

/** Codes for symbols that occur `frequencies` times. */
export function optimalCodes(frequencies: Float64Array): HuffmanSpec {
  // One more symbol of the least frequency takes the code of all ones.
  const weights = Float64Array.of(...frequencies, 1);
  const lengths = codeLengths(weights);
  const counts = new Uint16Array(64);
  for (const length of lengths) if (length > 0) counts[length]!++;
  shorten(counts);
  let longest = 16;
  while (counts[longest] === 0) longest--;
  counts[longest]!--;
  const used = [...frequencies.keys()].filter((symbol) => lengths[symbol]! > 0);
  used.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  return { counts: Uint8Array.from(counts.subarray(1, 17)), symbols: Uint8Array.from(used) };
}

/** The length of each symbol's code when the two rarest are joined again and again. */
function codeLengths(weights: Float64Array): Uint8Array {
  const lengths = new Uint8Array(weights.length);
  const groups = new Map<number, number[]>();
  for (const [symbol, weight] of weights.entries()) if (weight > 0) groups.set(symbol, [symbol]);
  const rarest = (except: number) => {
    let found = -1;
    for (const symbol of groups.keys()) {
      if (symbol === except) continue;
      const weight = weights[symbol]!;
      if (found < 0 || weight < weights[found]! || (weight === weights[found] && symbol > found)) {
        found = symbol;
      }
    }
    return found;
  };
  while (groups.size > 1) {
    const first = rarest(-1);
    const second = rarest(first);
    const members = [...groups.get(first)!, ...groups.get(second)!];
    for (const symbol of members) lengths[symbol]!++;
    weights[first]! += weights[second]!;
    groups.set(first, members);
    groups.delete(second);
  }
  return lengths;
}

/** Codes longer than 16 bits give up a bit each: a pair of them moves below a shorter one. */
function shorten(counts: Uint16Array): void {
  for (let length = counts.length - 1; length > 16; length--) {
    while (counts[length]! > 0) {
      let shorter = length - 2;
      while (counts[shorter] === 0) shorter--;
      counts[length]! -= 2;
      counts[length - 1]!++;
      counts[shorter + 1]! += 2;
      counts[shorter]!--;
    }
  }
}
