/** The hash functions behind string buckets, as TensorFlow computes them, in 64-bit arithmetic. */

const U64 = (value: bigint): bigint => BigInt.asUintN(64, value);

function rotateRight(value: bigint, by: bigint): bigint {
  return U64((value >> by) | (value << (64n - by)));
}

function fetch64(bytes: Uint8Array, at: number): bigint {
  return new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(at, true);
}

function fetch32(bytes: Uint8Array, at: number): bigint {
  return BigInt(new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true));
}

// ---- FarmHash ----------------------------------------------------------------------------------

const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

function shiftMix(value: bigint): bigint {
  return value ^ (value >> 47n);
}

function mix16(u: bigint, v: bigint, mul: bigint): bigint {
  const a = shiftMix(U64((u ^ v) * mul));
  return U64(shiftMix(U64((v ^ a) * mul)) * mul);
}

function upTo16(s: Uint8Array): bigint {
  const size = s.length;
  const mul = U64(K2 + BigInt(size) * 2n);
  if (size >= 8) {
    const a = U64(fetch64(s, 0) + K2);
    const b = fetch64(s, size - 8);
    const c = U64(rotateRight(b, 37n) * mul + a);
    const d = U64((rotateRight(a, 25n) + b) * mul);
    return mix16(c, d, mul);
  }
  if (size >= 4) {
    return mix16(BigInt(size) + (fetch32(s, 0) << 3n), fetch32(s, size - 4), mul);
  }
  if (size === 0) return K2;
  const y = BigInt(s[0]! + (s[size >> 1]! << 8));
  const z = BigInt(size + (s[size - 1]! << 2));
  return U64(shiftMix(U64(y * K2) ^ U64(z * K0)) * K2);
}

function upTo32(s: Uint8Array): bigint {
  const size = s.length;
  const mul = U64(K2 + BigInt(size) * 2n);
  const a = U64(fetch64(s, 0) * K1);
  const b = fetch64(s, 8);
  const c = U64(fetch64(s, size - 8) * mul);
  const d = U64(fetch64(s, size - 16) * K2);
  const u = rotateRight(U64(a + b), 43n) + rotateRight(c, 30n) + d;
  return mix16(U64(u), U64(a + rotateRight(U64(b + K2), 18n) + c), mul);
}

function upTo64(s: Uint8Array): bigint {
  const size = s.length;
  const mul = U64(K2 + BigInt(size) * 2n);
  const a = U64(fetch64(s, 0) * K2);
  const b = fetch64(s, 8);
  const c = U64(fetch64(s, size - 8) * mul);
  const d = U64(fetch64(s, size - 16) * K2);
  const y = U64(rotateRight(U64(a + b), 43n) + rotateRight(c, 30n) + d);
  const z = mix16(y, U64(a + rotateRight(U64(b + K2), 18n) + c), mul);
  const e = U64(fetch64(s, 16) * mul);
  const f = fetch64(s, 24);
  const g = U64((y + fetch64(s, size - 32)) * mul);
  const h = U64((z + fetch64(s, size - 24)) * mul);
  const u = rotateRight(U64(e + f), 43n) + rotateRight(g, 30n) + h;
  return mix16(U64(u), U64(e + rotateRight(U64(f + a), 18n) + g), mul);
}

function weak32(s: Uint8Array, at: number, a: bigint, b: bigint): [bigint, bigint] {
  const [w, x, y, z] = [0, 8, 16, 24].map((i) => fetch64(s, at + i)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const start = U64(a + w);
  const turned = rotateRight(U64(b + start + z), 21n);
  const sum = U64(start + x + y);
  return [U64(sum + z), U64(turned + rotateRight(sum, 44n) + start)];
}

/** FarmHash's Fingerprint64, which `tf.string_to_hash_bucket_fast` reduces modulo the buckets. */
export function fingerprint64(s: Uint8Array): bigint {
  const size = s.length;
  if (size <= 16) return upTo16(s);
  if (size <= 32) return upTo32(s);
  if (size <= 64) return upTo64(s);
  let y = U64(81n * K1 + 113n);
  let z = U64(shiftMix(U64(y * K2 + 113n)) * K2);
  let v: [bigint, bigint] = [0n, 0n];
  let w: [bigint, bigint] = [0n, 0n];
  let x = U64(81n * K2 + fetch64(s, 0));
  const end = Math.floor((size - 1) / 64) * 64;
  const round = (at: number, mul: bigint, nine: bigint): void => {
    x = U64(rotateRight(U64(x + y + v[0] + fetch64(s, at + 8)), 37n) * mul);
    y = U64(rotateRight(U64(y + v[1] + fetch64(s, at + 48)), 42n) * mul);
    x ^= U64(w[1] * nine);
    y = U64(y + v[0] * nine + fetch64(s, at + 40));
    z = U64(rotateRight(U64(z + w[0]), 33n) * mul);
    v = weak32(s, at, U64(v[1] * mul), U64(x + w[0]));
    w = weak32(s, at + 32, U64(z + w[1]), U64(y + fetch64(s, at + 16)));
    [z, x] = [x, z];
  };
  for (let at = 0; at < end; at += 64) round(at, K1, 1n);
  const mul = U64(K1 + ((z & 0xffn) << 1n));
  w[0] = U64(w[0] + BigInt((size - 1) & 63));
  v[0] = U64(v[0] + w[0]);
  w[0] = U64(w[0] + v[0]);
  round(size - 64, mul, 9n);
  const first = mix16(v[0], w[0], mul) + shiftMix(y) * K0 + z;
  return mix16(U64(first), U64(mix16(v[1], w[1], mul) + x), mul);
}

// ---- Murmur ------------------------------------------------------------------------------------

const MURMUR = 0xc6a4a7935bd1e995n;

/** TensorFlow's own Hash64, behind the deprecated `tf.string_to_hash_bucket`. */
export function hash64(s: Uint8Array, seed = 0xdecafcaffen): bigint {
  const size = s.length;
  let h = seed ^ U64(BigInt(size) * MURMUR);
  const blocks = size - (size % 8);
  for (let at = 0; at < blocks; at += 8) {
    let k = U64(fetch64(s, at) * MURMUR);
    k = U64((k ^ (k >> 47n)) * MURMUR);
    h = U64((h ^ k) * MURMUR);
  }
  if (blocks < size) {
    for (let at = blocks; at < size; at++) h ^= BigInt(s[at]!) << BigInt(8 * (at - blocks));
    h = U64(h * MURMUR);
  }
  h = U64((h ^ (h >> 47n)) * MURMUR);
  return h ^ (h >> 47n);
}

// ---- SipHash -----------------------------------------------------------------------------------

/** SipHash-2-4 under a 128-bit key, behind `tf.string_to_hash_bucket_strong`. */
export function sipHash(s: Uint8Array, k0: bigint, k1: bigint): bigint {
  const state: [bigint, bigint, bigint, bigint] = [
    k0 ^ 0x736f6d6570736575n,
    k1 ^ 0x646f72616e646f6dn,
    k0 ^ 0x6c7967656e657261n,
    k1 ^ 0x7465646279746573n,
  ];
  const rounds = (count: number): void => {
    let [a, b, c, d] = state;
    for (let i = 0; i < count; i++) {
      a = U64(a + b);
      b = rotateRight(b, 51n) ^ a;
      a = rotateRight(a, 32n);
      c = U64(c + d);
      d = rotateRight(d, 48n) ^ c;
      a = U64(a + d);
      d = rotateRight(d, 43n) ^ a;
      c = U64(c + b);
      b = rotateRight(b, 47n) ^ c;
      c = rotateRight(c, 32n);
    }
    [state[0], state[1], state[2], state[3]] = [a, b, c, d];
  };
  const absorb = (word: bigint): void => {
    state[3] ^= word;
    rounds(2);
    state[0] ^= word;
  };
  const blocks = s.length - (s.length % 8);
  for (let at = 0; at < blocks; at += 8) absorb(fetch64(s, at));
  let last = BigInt(s.length & 0xff) << 56n;
  for (let at = blocks; at < s.length; at++) last |= BigInt(s[at]!) << BigInt(8 * (at - blocks));
  absorb(last);
  state[2] ^= 0xffn;
  rounds(4);
  return state[0] ^ state[1] ^ state[2] ^ state[3];
}
