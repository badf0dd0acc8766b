/** What is in TFRecord files and event files. Records are read one at a time. */

import { DataLossError } from '../../core/errors.ts';
import { Example } from '../../formats/example_messages.ts';
import { recordsOf } from '../../formats/records.ts';
import { RandomAccessFile } from '../../platform/files.ts';
import { summary_iterator } from '../../summary/iterator.ts';
import type { Found } from '../kinds.ts';
import { bytesCell, type Cell, type Io, progress, type Report } from '../output.ts';
import { sizeFact } from './graphs.ts';

const EVERY = 1000;

/** What is known of one feature of Examples. */
interface Feature {
  readonly kinds: Set<string>;
  records: number;
  least: number;
  most: number;
}

/** Tells of a file of records, and of the Examples in it. */
export function recordsReport({ path }: Found, io: Io): Report {
  const features = new Map<string, Feature>();
  const sizes: number[] = [];
  const show = progress(io);
  let examples = true;
  const damage = eachOf(recordsIn(path), (record) => {
    sizes.push(record.length);
    examples &&= addFeatures(record, features);
    if (sizes.length % EVERY === 0) show(`${sizes.length} records`);
  });
  show();
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const rows = [...features]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, f]) => rowOf(name, f));
  return {
    ...(damage && { damage }),
    kind: examples && sizes.length > 0 ? 'TFRecord file of Examples' : 'TFRecord file',
    facts: [
      sizeFact(path),
      ['records', sizes.length],
      ['in them', bytesCell(total)],
      ...(sizes.length > 0 ? spanOf(sizes) : []),
    ],
    tables: examples
      ? [{ title: 'features', columns: ['name', 'kind', 'records', 'values'], rows }]
      : [],
  };
}

/** Gives `use` each item, up to where the file is damaged; returns that error. */
export function eachOf<T>(items: Iterable<T>, use: (item: T) => void): DataLossError | undefined {
  try {
    for (const item of items) use(item);
    return undefined;
  } catch (error) {
    if (error instanceof DataLossError) return error;
    throw error;
  }
}

function* recordsIn(path: string): Generator<Uint8Array> {
  const file = new RandomAccessFile(path);
  const [first, second] = file.read(0, 2);
  try {
    yield* recordsOf(file, first === 0x1f && second === 0x8b ? 'GZIP' : '');
  } finally {
    file.close();
  }
}

function spanOf(sizes: readonly number[]): (readonly [string, Cell])[] {
  let [least, most] = [sizes[0]!, sizes[0]!];
  for (const size of sizes) [least, most] = [Math.min(least, size), Math.max(most, size)];
  return [
    ['smallest', bytesCell(least)],
    ['largest', bytesCell(most)],
  ];
}

/** Counts the features of a record; false where it is no Example. */
function addFeatures(record: Uint8Array, features: Map<string, Feature>): boolean {
  let example: Example;
  try {
    example = Example.FromString(record);
  } catch {
    return false;
  }
  const entries = Object.entries(example.features.feature);
  for (const [name, feature] of entries) {
    const kind = feature.WhichOneof('kind');
    const list = kind === null ? null : (Reflect.get(feature, kind) as { value: unknown[] });
    const count = list?.value.length ?? 0;
    const known = features.get(name) ?? {
      kinds: new Set<string>(),
      records: 0,
      least: count,
      most: count,
    };
    known.kinds.add(kind?.replace('_list', '') ?? 'none');
    known.records++;
    known.least = Math.min(known.least, count);
    known.most = Math.max(known.most, count);
    features.set(name, known);
  }
  return entries.length > 0;
}

function rowOf(name: string, { kinds, records, least, most }: Feature): Cell[] {
  const values = least === most ? String(least) : `${least} to ${most}`;
  return [name, [...kinds].join(', '), records, values];
}

/** What is known of one tag of an event file. */
interface Tag {
  readonly kind: string;
  count: number;
  first: number;
  last: number;
  value: number | null;
}

/** Tells of an event file: its tags, and how far their steps go. */
export function eventsReport({ path }: Found, io: Io): Report {
  const tags = new Map<string, Tag>();
  const show = progress(io);
  let [events, version, graphs, begin, end] = [0, '', 0, Number.POSITIVE_INFINITY, 0];
  const damage = eachOf(summary_iterator(path), (event) => {
    events++;
    begin = Math.min(begin, event.wall_time);
    end = Math.max(end, event.wall_time);
    if (event.file_version) version = event.file_version;
    if (event.WhichOneof('what') === 'graph_def') graphs++;
    for (const value of event.summary.value) addTag(tags, value, Number(event.step));
    if (events % EVERY === 0) show(`${events} events`);
  });
  show();
  const rows = [...tags].map(([name, { kind, count, first, last, value }]) => [
    ...[name, kind, count, first, last],
    value === null ? null : Number(value.toPrecision(6)),
  ]);
  return {
    ...(damage && { damage }),
    kind: 'event file',
    facts: [
      sizeFact(path),
      ['version', version],
      ['events', events],
      ...(graphs > 0 ? [['graphs', graphs] as const] : []),
      ...(events > 0 ? [['from', timeText(begin)] as const, ['to', timeText(end)] as const] : []),
    ],
    tables: [
      {
        title: 'tags',
        columns: ['tag', 'kind', 'count', 'first step', 'last step', 'last value'],
        rows,
      },
    ],
  };
}

type Value = Parameters<typeof kindOfValue>[0];

function addTag(
  tags: Map<string, Tag>,
  value: Value & { tag: string; simple_value: number },
  step: number,
): void {
  const kind = kindOfValue(value);
  const known = tags.get(value.tag) ?? { kind, count: 0, first: step, last: step, value: null };
  known.count++;
  known.last = step;
  if (kind === 'scalar') known.value = value.simple_value;
  tags.set(value.tag, known);
}

const NAMES: Readonly<Record<string, string>> = { simple_value: 'scalar', histo: 'histogram' };

/** What a value of a summary is: `scalar`, `histogram`, `image`, `audio`, `tensor`. */
export function kindOfValue(value: { WhichOneof(name: string): string | null }): string {
  const member = value.WhichOneof('value') ?? 'none';
  return NAMES[member] ?? member;
}

/** A time in seconds since 1970, as text. */
export function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
