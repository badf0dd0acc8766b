/** Damage that keeps the outer form: a field of a message, a member of JSON, a token of its own kind. */

import { type Random, spliced, WORDS } from './mutations.ts';

const encoder = new TextEncoder();

// ---- messages ----------------------------------------------------------------------------------

/** A field of a message on the wire. */
interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of a number its bytes, else the content without its length. */
  readonly content: Uint8Array;
}

function readVarint(bytes: Uint8Array, at: number): [value: number, end: number] | null {
  let value = 0;
  for (let i = 0; i < 10 && at + i < bytes.length; i++) {
    value += (bytes[at + i]! & 127) * 2 ** (7 * i);
    if (bytes[at + i]! < 128) return [value, at + i + 1];
  }
  return null;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** The fields of a message; `null` where the bytes are none. */
function fieldsOf(bytes: Uint8Array): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (!tag || tag[0] < 8) return null;
    const [number, wire] = [Math.floor(tag[0] / 8), tag[0] % 8];
    const start = tag[1];
    const head = wire === 0 || wire === 2 ? readVarint(bytes, start) : null;
    if ((wire === 0 || wire === 2) && !head) return null;
    const from = wire === 2 ? head![1] : start;
    const ends: Record<number, number> = { 0: head?.[1] ?? 0, 1: start + 8, 5: start + 4 };
    const end = wire === 2 ? from + head![0] : ends[wire];
    if (end === undefined || end > bytes.length) return null;
    fields.push({ number, wire, content: bytes.subarray(from, end) });
    at = end;
  }
  return fields;
}

function bytesOf(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(({ number, wire, content }) => {
    const tag = varint(number * 8 + wire);
    const head = wire === 2 ? [...tag, ...varint(content.length)] : tag;
    return [Uint8Array.from(head), content];
  });
  return new Uint8Array(Buffer.concat(parts));
}

const NUMBERS = [0, 1, 2, 3, 7, 9, 14, 19, 20, 21, 23, 24, 101, 127, 128, 65536, 2 ** 31, 2 ** 40];
/** -1 and the largest integer as varints. */
const EXTREMES = [
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [255, 255, 255, 255, 255, 255, 255, 255, 127],
];

function otherContent({ wire, content }: Field, random: Random): Uint8Array {
  if (wire === 0) {
    const bytes = random.below(3) === 0 ? random.pick(EXTREMES) : varint(random.pick(NUMBERS));
    return Uint8Array.from(bytes);
  }
  if (wire !== 2) return random.bytes(content.length);
  const kind = random.below(5);
  if (kind === 0) return new Uint8Array(0);
  if (kind === 1) return encoder.encode(random.pick(WORDS).slice(0, 60));
  if (kind === 2) return random.bytes(random.below(20));
  if (content.length === 0) return random.bytes(2);
  const at = random.below(content.length);
  if (kind === 3) return spliced(content, at, 1, random.bytes(random.below(3)));
  return content.slice(0, at);
}

/** A message in which one field, at any depth, has another value, is missing, or comes twice. */
export function otherField(bytes: Uint8Array, random: Random): Uint8Array {
  const fields = fieldsOf(bytes);
  if (!fields || fields.length === 0) return bytes;
  const at = random.below(fields.length);
  const field = fields[at]!;
  const inner = field.wire === 2 && field.content.length > 1 ? fieldsOf(field.content) : null;
  if (inner && random.below(8) > 0) {
    const content = otherField(field.content, random);
    return bytesOf(fields.with(at, { ...field, content }));
  }
  const kind = random.below(9);
  if (kind === 0) return bytesOf(fields.toSpliced(at, 1));
  if (kind === 1) return bytesOf(fields.toSpliced(at, 0, field));
  if (kind === 2) return bytesOf(fields.with(at, { ...field, number: 1 + random.below(20) }));
  if (kind === 3) {
    const { content, wire } = random.pick(fields);
    return bytesOf(fields.with(at, { ...field, content, wire }));
  }
  return bytesOf(fields.with(at, { ...field, content: otherContent(field, random) }));
}

// ---- JSON --------------------------------------------------------------------------------------

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e9,
  0.5,
  2 ** 53,
  '',
  'x',
  '-1',
  'AAAA',
  '../../outside.bin',
  '/etc/passwd',
  '__proto__',
  [],
  {},
  [null],
  [[[]]],
  { a: 1 },
  'float32',
  'string',
];

/** JSON in which one value, at any depth, is another one, is missing, or has another name. */
export function otherMember(bytes: Uint8Array, random: Random): Uint8Array {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return bytes;
  }
  return encoder.encode(JSON.stringify(changed(value, random)));
}

function changed(value: unknown, random: Random): unknown {
  const isTree = typeof value === 'object' && value !== null;
  const keys = isTree ? Object.keys(value) : [];
  if (keys.length === 0 || random.below(12) === 0) return random.pick(VALUES);
  const key = random.pick(keys);
  const member: unknown = Reflect.get(value as object, key);
  const entries = Object.entries(value as object);
  const kind = random.below(16);
  if (Array.isArray(value)) {
    if (kind === 0) return value.toSpliced(Number(key), 1);
    if (kind === 1) return [...value, member];
    return value.with(Number(key), changed(member, random));
  }
  if (kind === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  // Not an assignment: the name may be __proto__.
  if (kind === 1) return Object.fromEntries([...entries, [random.pick(WORDS), member]]);
  return Object.fromEntries(
    entries.map(([name, old]) => [name, name === key ? changed(old, random) : old]),
  );
}

// ---- text --------------------------------------------------------------------------------------

const TOKEN = /-?\d[\d.eE+-]*|"(?:[^"\\]|\\.)*"|\b(?:true|false|DT_\w+)\b/g;
const OTHERS = {
  number: ['0', '1', '-1', '3', '2147483648', '1e30', '9223372036854775807', '0x10', '1.5', '7'],
  string: [
    '""',
    '"x"',
    '"__proto__"',
    '"\\377\\000"',
    '"a/b:1"',
    '"^a"',
    '"while/Enter"',
    '"loc:@x"',
  ],
  word: ['true', 'false', 'DT_FLOAT', 'DT_STRING', 'DT_RESOURCE', 'DT_INVALID', 'DT_INT64_REF'],
};

/** A text in which a number, a string or a constant is another one. */
export function otherValue(bytes: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length === 0) return bytes;
  const { index, 0: old } = random.pick(tokens);
  const kind = old.startsWith('"') ? 'string' : /[-\d]/.test(old[0]!) ? 'number' : 'word';
  const same = tokens.map(([token]) => token).filter((token) => token[0] === old[0]);
  const added = random.below(3) === 0 ? random.pick(same) : random.pick(OTHERS[kind]);
  return encoder.encode(text.slice(0, index) + added + text.slice(index + old.length));
}
