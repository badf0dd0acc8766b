/**
 * Python's `random.Random(seed)` (the Mersenne Twister MT19937 of Matsumoto and Nishimura, 1998), as
 * far as TensorFlow's eager context draws from it: the seeds of ops that were given none.
 */

const SIZE = 624;
const SHIFT = 397;

/** The 32-bit words of a whole number's size, the lowest first. */
function words(seed: number): number[] {
  const result: number[] = [];
  let rest = Math.abs(Math.trunc(seed));
  do {
    result.push(rest % 2 ** 32);
    rest = Math.floor(rest / 2 ** 32);
  } while (rest > 0);
  return result;
}

/** A generator that gives what Python's gives for the same whole seed. */
export class PythonRandom {
  private readonly state = new Uint32Array(SIZE);
  private used = SIZE;

  constructor(seed: number) {
    this.seed(19650218);
    this.mix(words(seed));
  }

  /** A whole number from 0 to 2^31 - 1: `randint(0, 2 ** 31 - 1)`. */
  nextInt31(): number {
    for (;;) {
      const word = this.next();
      if (word < 2 ** 31) return word;
    }
  }

  private seed(seed: number): void {
    const { state } = this;
    state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const last = state[i - 1]!;
      state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
    }
  }

  private mix(key: readonly number[]): void {
    const { state } = this;
    let at = 1;
    const step = (factor: number, added: number) => {
      const last = state[at - 1]!;
      state[at] = (state[at]! ^ Math.imul(last ^ (last >>> 30), factor)) + added;
      if (++at < SIZE) return;
      state[0] = state[SIZE - 1]!;
      at = 1;
    };
    const rounds = Math.max(SIZE, key.length);
    for (let i = 0; i < rounds; i++) step(1664525, key[i % key.length]! + (i % key.length));
    for (let i = 1; i < SIZE; i++) step(1566083941, -at);
    state[0] = 0x80000000;
  }

  private next(): number {
    if (this.used === SIZE) this.renew();
    let word = this.state[this.used++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  private renew(): void {
    const { state } = this;
    for (let i = 0; i < SIZE; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
      const twist = joined & 1 ? 0x9908b0df : 0;
      state[i] = state[(i + SHIFT) % SIZE]! ^ (joined >>> 1) ^ twist;
    }
    this.used = 0;
  }
}
