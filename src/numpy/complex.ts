/** A complex number as a scalar: what an element of a complex array is. */

/** The complex number `re + im j`. Prints as Python's `complex` does. */
export class Complex {
  readonly re: number;
  readonly im: number;

  constructor(re: number, im = 0) {
    this.re = re;
    this.im = im;
  }
  toString(): string {
    const im = `${pythonNumber(this.im)}j`;
    if (Object.is(this.re, 0)) return im;
    const sign = im.startsWith('-') ? '' : '+';
    return `(${pythonNumber(this.re)}${sign}${im})`;
  }
  toJSON(): { re: number; im: number } {
    return { re: this.re, im: this.im };
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** `x` as Python's complex shows its parts: the shortest digits, without a trailing `.0`. */
export function pythonNumber(x: number): string {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf';
  if (Object.is(x, -0)) return '-0';
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) return positional(x);
  const [mantissa, exponent] = x.toExponential().split('e');
  const digits = exponent!.slice(1).padStart(2, '0');
  return `${mantissa}e${exponent![0]}${digits}`;
}

function positional(x: number): string {
  const text = String(x);
  if (!text.includes('e')) return text;
  // Only numbers from 1e-7 up to 1e-4 come here; JavaScript writes those below 1e-6 with an exponent.
  const [mantissa, exponent] = text.split('e');
  return x.toFixed(-Number(exponent) + (mantissa!.split('.')[1]?.length ?? 0));
}
