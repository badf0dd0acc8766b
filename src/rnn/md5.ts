/** MD5 (RFC 1321), of which seeds of dropout are made. */

/** By how much each step of the four rounds rotates. */
const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));
const START = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476] as const;
const BLOCK = 64;

/** The first four bytes of the MD5 of `text`, as the number that their hexadecimal digits write. */
export function md5Start(text: string): number {
  const blocks = padded(new TextEncoder().encode(text));
  let sums: readonly number[] = START;
  for (let at = 0; at < blocks.byteLength; at += BLOCK) sums = mixed(sums, blocks, at);
  const first = new DataView(new ArrayBuffer(4));
  first.setUint32(0, sums[0]!, true);
  return first.getUint32(0, false);
}

/** The message, a one bit, zeros, and the length in bits. */
function padded(message: Uint8Array): DataView {
  const size = Math.ceil((message.length + 9) / BLOCK) * BLOCK;
  const bytes = new Uint8Array(size);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  view.setUint32(size - 8, message.length * 8, true);
  return view;
}

function mixed(sums: readonly number[], blocks: DataView, at: number): readonly number[] {
  let [a, b, c, d] = sums as [number, number, number, number];
  for (let i = 0; i < 64; i++) {
    const [bits, word] = step(i, b, c, d);
    const sum = (a + bits + SINES[i]! + blocks.getUint32(at + 4 * word, true)) | 0;
    const shift = SHIFTS[i >> 4]![i & 3]!;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
  }
  return [a, b, c, d].map((sum, i) => (sum + sums[i]!) | 0);
}

/** The function of step `i`, and which word of the block it takes. */
function step(i: number, b: number, c: number, d: number): readonly [bits: number, word: number] {
  if (i < 16) return [(b & c) | (~b & d), i];
  if (i < 32) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (i < 48) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}
