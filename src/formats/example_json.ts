/** Examples in JSON, by protobuf's rules: names in camel case or as they are, bytes in base64. */

import { ValueError } from '../core/errors.ts';
import { BytesList, Example, Feature, Features, FloatList, Int64List } from './example_messages.ts';

type Json = Readonly<Record<string, unknown>>;

/** The Example that `text` holds. SyntaxError or ValueError where it holds none. */
export function exampleOfJson(text: string): Example {
  const example = new Example();
  for (const [name, value] of fields(JSON.parse(text), 'Example')) {
    if (name !== 'features') throw unknownField('Example', name);
    if (value !== null) example.features = featuresOf(value);
  }
  return example;
}

function fields(value: unknown, what: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ValueError(`expected { for ${what}, got ${JSON.stringify(value)?.slice(0, 40)}`);
  }
  return Object.entries(value as Json);
}

function unknownField(what: string, name: string): ValueError {
  return new ValueError(`no such field: '${name}' in tensorflow.${what}`);
}

function featuresOf(value: unknown): Features {
  const features = new Features();
  for (const [name, map] of fields(value, 'Features')) {
    if (name !== 'feature') throw unknownField('Features', name);
    for (const [key, feature] of map === null ? [] : fields(map, 'a map')) {
      features.feature[key] = featureOf(feature);
    }
  }
  return features;
}

function featureOf(value: unknown): Feature {
  const feature = new Feature();
  for (const [name, list] of fields(value, 'Feature')) {
    if (list === null) continue;
    if (name === 'floatList' || name === 'float_list') {
      feature.float_list = new FloatList({ value: valuesOf(list).map(floatOf) });
    } else if (name === 'int64List' || name === 'int64_list') {
      feature.int64_list = new Int64List({ value: valuesOf(list).map(integerOf) });
    } else if (name === 'bytesList' || name === 'bytes_list') {
      feature.bytes_list = new BytesList({ value: valuesOf(list).map(base64Of) });
    } else throw unknownField('Feature', name);
  }
  return feature;
}

function valuesOf(list: unknown): unknown[] {
  let values: unknown[] = [];
  for (const [name, value] of fields(list, 'a list')) {
    if (name !== 'value') throw new ValueError(`no such field: '${name}'`);
    if (value !== null && !Array.isArray(value)) throw new ValueError('expected [ for value');
    values = (value as unknown[] | null) ?? [];
  }
  return values;
}

function floatOf(value: unknown): number {
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new ValueError(`not a float: ${JSON.stringify(value)}`);
}

function integerOf(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) {
    const integer = BigInt(value);
    if (BigInt.asIntN(64, integer) === integer) return integer;
  }
  throw new ValueError(`not an int64: ${JSON.stringify(value)}`);
}

function base64Of(value: unknown): Uint8Array {
  const text = typeof value === 'string' ? value.replace(/-/g, '+').replace(/_/g, '/') : null;
  if (text !== null && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    return Uint8Array.from(atob(text.replace(/=+$/, '')), (c) => c.charCodeAt(0));
  }
  throw new ValueError(`not base64: ${JSON.stringify(value)?.slice(0, 40)}`);
}
