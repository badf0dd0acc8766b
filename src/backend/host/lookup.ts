/** Lookup tables: maps from a number or a string to another, kept by the session. */

import {
  type Data,
  type DType,
  float32,
  float64,
  int32,
  int64,
  newData,
  resource,
  string,
  type Text,
} from '../../core/dtype.ts';
import { FailedPreconditionError } from '../../core/errors.ts';
import type { Attrs, Kernel, Value } from '../../core/kernels.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { readBytes } from '../../platform/files.ts';
import { onFile } from '../../platform/system_errors.ts';
import { kernel } from '../registry.ts';
import { invalid, numbers, shapeText } from './box.ts';

type Element = number | Text;

/** What a map knows a key by: bytes that are no text are told apart by a leading zero character. */
function keyOf(element: Element): number | string {
  return element instanceof Uint8Array ? `\0${element.join()}` : element;
}

/** One table. */
class Table {
  readonly keyType: DType;
  readonly valueType: DType;
  readonly isMutable: boolean;
  isReady: boolean;
  readonly entries = new Map<number | string, readonly [key: Element, value: Element]>();

  constructor(keyType: DType, valueType: DType, isMutable: boolean) {
    this.keyType = keyType;
    this.valueType = valueType;
    this.isMutable = isMutable;
    this.isReady = isMutable;
  }

  /** The value of a key; `undefined` for a key that is not there. */
  get(key: Element): Element | undefined {
    return this.entries.get(keyOf(key))?.[1];
  }

  /** Fills a table that is filled only once; the same entries may come again. */
  fill(entries: Iterable<readonly [Element, Element]>): void {
    const seen = new Map<number | string, readonly [Element, Element]>();
    for (const entry of entries) {
      const before = seen.get(keyOf(entry[0]));
      if (before && keyOf(before[1]) !== keyOf(entry[1])) {
        invalid(
          `HashTable has different value for same key. Key ${entry[0]} has ${before[1]} and trying to add value ${entry[1]}`,
        );
      }
      seen.set(keyOf(entry[0]), entry);
    }
    if (this.isReady && !this.isSame(seen)) {
      throw new FailedPreconditionError(null, null, 'Table already initialized.');
    }
    for (const [key, entry] of seen) this.entries.set(key, entry);
    this.isReady = true;
  }

  private isSame(other: ReadonlyMap<number | string, readonly [Element, Element]>): boolean {
    if (other.size !== this.entries.size) return false;
    return [...other.values()].every(([key, value]) => {
      const own = this.get(key);
      return own !== undefined && keyOf(own) === keyOf(value);
    });
  }
}

function create(handleType: DType, isMutable: boolean): Kernel {
  return (_inputs, attrs, context) => {
    const make = () => new Table(attrs.key_dtype as DType, attrs.value_dtype as DType, isMutable);
    const name =
      (attrs.shared_name as string) || (attrs.use_node_name_sharing ? context.nodeName : '');
    const table =
      name === ''
        ? context.state(make)
        : context.resource(attrs.container as string, `table/${name}`, make);
    return context.handle(handleType, table);
  };
}
for (const [type, isMutable] of [
  ['HashTable', false],
  ['MutableHashTable', true],
] as const) {
  kernel(type, create(string._as_ref, isMutable));
  kernel(`${type}V2`, create(resource, isMutable));
}

function tableOf(value: Value): Table {
  if (value.handle instanceof Table) return value.handle;
  return invalid('The handle is not a table of this session.');
}

function readyTable(value: Value): Table {
  const table = tableOf(value);
  if (table.isReady) return table;
  throw new FailedPreconditionError(
    null,
    null,
    'Table not initialized.\n\nFill tables first: sess.run(tf.tables_initializer()).',
  );
}

function checkTypes(table: Table, key: DType, value: DType): void {
  if (table.keyType !== key || table.valueType !== value) {
    invalid(
      `Conflicting key/value dtypes ${key.name}->${value.name} with ${table.keyType.name}-${table.valueType.name} for table`,
    );
  }
}

const elementsOf = (value: Value): ArrayLike<Element> => value.data as ArrayLike<Element>;

/** Registers the kernel of an op for both kinds of handle. */
function both(type: string, body: Kernel): void {
  kernel(type, body);
  kernel(`${type}V2`, body);
}

both('LookupTableFind', ([handle, keys, fallback], _attrs, context) => {
  const table = readyTable(handle!);
  checkTypes(table, keys!.dtype, fallback!.dtype);
  if (fallback!.shape.length !== 0) {
    invalid(`Expected shape [] for default value, got ${shapeText(fallback!.shape)}`);
  }
  const asked = elementsOf(keys!);
  const rest = elementsOf(fallback!)[0]!;
  const data = newData(fallback!.dtype, keys!.size) as Element[];
  for (let i = 0; i < keys!.size; i++) data[i] = table.get(asked[i]!) ?? rest;
  return context.wrap(fallback!.dtype, keys!.shape, data as Data);
});

both('LookupTableSize', ([handle], _attrs, context) =>
  numbers(context, int64, [readyTable(handle!).entries.size], []),
);

both('LookupTableExport', ([handle], _attrs, context) => {
  const table = readyTable(handle!);
  const entries = [...table.entries.values()];
  const column = (dtype: DType, i: 0 | 1): Value => {
    const data = newData(dtype, entries.length) as Element[];
    entries.forEach((entry, row) => {
      data[row] = entry[i];
    });
    return context.wrap(dtype, [entries.length], data as Data);
  };
  return [column(table.keyType, 0), column(table.valueType, 1)];
});

// ---- filling -----------------------------------------------------------------------------------

function* pairs(keys: Value, values: Value): Generator<readonly [Element, Element]> {
  const [from, to] = [elementsOf(keys), elementsOf(values)];
  for (let i = 0; i < keys.size; i++) yield [from[i]!, to[i]!];
}

/** The table and the entries that an op brings it, checked. */
function brought([handle, keys, values]: readonly Value[]): [Table, Value, Value] {
  const table = tableOf(handle!);
  checkTypes(table, keys!.dtype, values!.dtype);
  if (keys!.size !== values!.size) {
    invalid(`Expected shape ${shapeText(keys!.shape)} for values, got ${shapeText(values!.shape)}`);
  }
  return [table, keys!, values!];
}

both('InitializeTable', (inputs) => {
  const [table, keys, values] = brought(inputs);
  if (keys.shape.length !== 1) {
    invalid(`Keys must be a vector, but received shape ${shapeText(keys.shape)}`);
  }
  table.fill(pairs(keys, values));
  return null;
});

const change =
  (replaces: boolean): Kernel =>
  (inputs) => {
    const [table, keys, values] = brought(inputs);
    if (!table.isMutable) {
      throw new FailedPreconditionError(null, null, 'Insert not supported by this table.');
    }
    if (replaces) table.entries.clear();
    for (const [key, value] of pairs(keys, values)) table.entries.set(keyOf(key), [key, value]);
    return null;
  };
both('LookupTableInsert', change(false));
both('LookupTableImport', change(true));

kernel('LookupTableRemoveV2', ([handle, keys]) => {
  const { entries } = tableOf(handle!);
  for (const key of Array.from(elementsOf(keys!))) entries.delete(keyOf(key));
  return null;
});

// ---- from files --------------------------------------------------------------------------------

const WHOLE_LINE = -2;
const LINE_NUMBER = -1;

/** The number or the string that a line has in a column. */
function fieldOf(line: string, row: number, column: number, dtype: DType, attrs: Attrs): Element {
  if (column === LINE_NUMBER) return row;
  const fields = line.split(attrs.delimiter as string);
  if (column >= fields.length) {
    invalid(
      `Invalid number of columns in line ${row} (${line}) : expected at least ${column + 1} got ${fields.length}`,
    );
  }
  const text = column === WHOLE_LINE ? line : fields[column]!;
  if (dtype === string) return textOfBytes(bytesOfText(text));
  const isWhole = dtype === int64 || dtype === int32;
  const pattern = isWhole ? /^\s*[-+]?\d+\s*$/ : /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i;
  if (![int64, int32, float32, float64].includes(dtype) || !pattern.test(text)) {
    invalid(`Field ${text} in line ${row} is not a valid ${dtype.name}.`);
  }
  return Number(text);
}

function linesOf(path: string, count: number): string[] {
  const text = new TextDecoder().decode(onFile(path, () => readBytes(path)));
  const lines = text.replaceAll('\r', '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (count < 0) return lines;
  if (lines.length < count) {
    invalid(`Invalid vocab_size in ${path}: expected ${count} but got ${lines.length}`);
  }
  return lines.slice(0, count);
}

both('InitializeTableFromTextFile', ([handle, filename], attrs) => {
  const table = tableOf(handle!);
  if (filename!.size !== 1) invalid('filename should be a single string.');
  const path = String(elementsOf(filename!)[0]);
  const { key_index, value_index, vocab_size } = attrs as Readonly<Record<string, number>>;
  const entries = linesOf(path, vocab_size!).map(
    (line, row) =>
      [
        fieldOf(line, row, key_index!, table.keyType, attrs),
        fieldOf(line, row, value_index!, table.valueType, attrs),
      ] as const,
  );
  table.fill(entries);
  return null;
});
