/** Python's `text % args`: the conversions of printf, as logging uses them. */

const CONVERSION = /%([-+ #0]*)(\d+)?(?:\.(\d+))?([diouxXeEfFgGcrs%])/g;

/** `text` with each conversion replaced by the next argument. TypeError where their numbers differ. */
export function percentFormat(text: string, args: readonly unknown[]): string {
  let next = 0;
  const result = text.replace(CONVERSION, (_, flags: string, width, precision, kind: string) => {
    if (kind === '%') return '%';
    if (next >= args.length) throw new TypeError('not enough arguments for format string');
    const digits = precision === undefined ? null : Number(precision);
    return padded(converted(args[next++], kind, digits, flags), Number(width ?? 0), flags, kind);
  });
  if (next < args.length) {
    throw new TypeError('not all arguments converted during string formatting');
  }
  return result;
}

function converted(value: unknown, kind: string, digits: number | null, flags: string): string {
  if (kind === 's' || kind === 'r' || kind === 'c') {
    const text = kind === 'r' ? repr(value) : shown(value);
    return digits === null ? text : text.slice(0, digits);
  }
  const number = Number(value);
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'boolean') {
    throw new TypeError(`%${kind} format: a number is required, not ${typeof value}`);
  }
  const text = unsigned(Math.abs(number), kind, digits ?? null, flags.includes('#'));
  if (number < 0 || Object.is(number, -0)) return /[1-9]|[a-z]/i.test(text) ? `-${text}` : text;
  if (flags.includes('+')) return `+${text}`;
  return flags.includes(' ') ? ` ${text}` : text;
}

function unsigned(x: number, kind: string, digits: number | null, prefixed: boolean): string {
  switch (kind) {
    case 'd':
    case 'i':
    case 'u':
      return Math.trunc(x).toFixed(0);
    case 'o':
      return (prefixed ? '0o' : '') + Math.trunc(x).toString(8);
    case 'x':
      return (prefixed ? '0x' : '') + Math.trunc(x).toString(16);
    case 'X':
      return (prefixed ? '0X' : '') + Math.trunc(x).toString(16).toUpperCase();
  }
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'nan' : 'inf';
  const lower = kind.toLowerCase();
  const precision = digits ?? 6;
  if (lower === 'f') return fixed(x, precision);
  const text = lower === 'e' ? exponential(x, precision) : general(x, Math.max(precision, 1));
  return kind === lower ? text : text.toUpperCase();
}

/** `x` with `precision` decimals; of two that are equally near the even one, where JavaScript takes the larger. */
function fixed(x: number, precision: number): string {
  const text = x.toFixed(precision);
  const exact = x.toFixed(Math.min(precision + 30, 100)).slice(text.length + (precision ? 0 : 1));
  const isTie = /^50*$/.test(exact);
  const below = x.toFixed(Math.min(precision + 30, 100)).slice(0, text.length);
  return isTie && /[02468]$/.test(below) ? below : text;
}

/** `1.5e+04`: Python writes at least two digits of the exponent. */
function exponential(x: number, precision: number): string {
  return x.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** The shorter of fixed and exponential, without trailing zeros. */
function general(x: number, precision: number): string {
  const exponent = x === 0 ? 0 : Number(x.toExponential(precision - 1).split('e')[1]);
  if (exponent >= -4 && exponent < precision) {
    const text = x.toFixed(precision - 1 - exponent);
    return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  }
  return exponential(x, precision - 1).replace(/\.?0+e/, 'e');
}

function padded(text: string, width: number, flags: string, kind: string): string {
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0') || 'src'.includes(kind)) return text.padStart(width);
  const [, sign = '', digits = ''] = /^([-+ ]?)(.*)$/.exec(text)!;
  return sign + digits.padStart(width - sign.length, '0');
}

/** A value as Python's `str` shows it. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : repr(value);
}

function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return String(value);
}
