/** The kernels of readers: each keeps, in its session, the file that it is in. */

import { type DType, int64, resource, string, type Text } from '../../core/dtype.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { textOfBytes } from '../../core/text.ts';
import { RecordReader } from '../../formats/records.ts';
import { type Compression, joinBytes, sourceOf, streamOf } from '../../formats/streams.ts';
import { RandomAccessFile, readBytes } from '../../platform/files.ts';
import type { QueueStore, Sources } from '../queue_store.ts';
import { kernel } from '../registry.ts';
import { SessionResource } from '../state.ts';
import { invalid, scalar } from './box.ts';
import { queueOf, sourcesOf } from './queues.ts';

/** One record: what names it, and its bytes. */
type Item = readonly [key: string, value: Uint8Array | string];
/** The records of one file; closed where it is left before its end. */
type Items = Generator<Item, void, undefined>;

const KINDS: Readonly<Record<string, (path: string, attrs: Attrs) => Items>> = {
  IdentityReader: identity,
  WholeFileReader: whole,
  TextLineReader: lines,
  TFRecordReader: records,
  FixedLengthRecordReader: fixed,
};

function* identity(path: string): Items {
  yield [path, path];
}

function* whole(path: string): Items {
  yield [path, readBytes(path)];
}

const LINE_FEED = 10;

function* lines(path: string, { skip_header_lines }: Attrs): Items {
  const bytes = readBytes(path);
  let number = 0;
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(LINE_FEED, at);
    const end = found < 0 ? bytes.length : found;
    // TensorFlow drops carriage returns wherever they stand.
    const line = bytes.slice(at, end).filter((byte) => byte !== 13);
    at = end + 1;
    if (++number > (skip_header_lines as number)) yield [`${path}:${number}`, line];
  }
}

function* records(path: string, { compression_type }: Attrs): Items {
  const file = new RandomAccessFile(path);
  try {
    const reader = new RecordReader(file, compression_type as Compression);
    for (let at = reader.offset; ; at = reader.offset) {
      const record = reader.next();
      if (record === null) return;
      yield [`${path}:${at}`, record.slice()];
    }
  } finally {
    file.close();
  }
}

function* fixed(path: string, attrs: Attrs): Items {
  const [header, size, footer, hop] = ['header', 'record', 'footer', 'hop'].map(
    (part) => attrs[`${part}_bytes`] as number,
  ) as [number, number, number, number];
  const bytes = contentOf(path, (attrs.encoding as Compression | undefined) ?? '');
  const last = bytes.length - footer - size;
  let number = 0;
  for (let at = header; at <= last; at += hop > 0 ? hop : size) {
    yield [`${path}:${number++}`, bytes.slice(at, at + size)];
  }
}

/** How much of a compressed file is taken at once. */
const PART = 1 << 20;

function contentOf(path: string, encoding: Compression): Uint8Array {
  if (encoding === '') return readBytes(path);
  const stream = streamOf(sourceOf(readBytes(path)), encoding);
  const parts: Uint8Array[] = [];
  for (let part = stream.take(PART); part.length > 0; part = stream.take(PART)) parts.push(part);
  return joinBytes(parts);
}

/** One reader. */
class ReaderStore extends SessionResource {
  produced = 0;
  completed = 0;
  private items: Items | null = null;
  private readonly open: (path: string) => Items;

  constructor(open: (path: string) => Items) {
    super();
    this.open = open;
  }

  /** The next record, of the next file of `queue` where one is at its end. */
  read(queue: QueueStore, sources: Sources): Item {
    for (;;) {
      this.items ??= this.open(nextName(queue, sources));
      const { done, value } = this.items.next();
      if (!done && value) {
        this.produced++;
        return value;
      }
      this.items = null;
      this.completed++;
    }
  }

  /** Up to `count` records, at least one, none of a file after that of the first. */
  readUpTo(count: number, queue: QueueStore, sources: Sources): Item[] {
    if (count <= 0) invalid(`num_records must be positive, got ${count}`);
    const items = [this.read(queue, sources)];
    while (items.length < count) {
      const { done, value } = this.items!.next();
      if (done || !value) {
        this.items = null;
        this.completed++;
        break;
      }
      this.produced++;
      items.push(value);
    }
    return items;
  }

  /** Begins anew, at the queue's next file. */
  reset(): void {
    this.release();
    this.produced = 0;
    this.completed = 0;
  }

  release(): void {
    this.items?.return();
    this.items = null;
  }
}

function nextName(queue: QueueStore, sources: Sources): string {
  const [element] = queue.dequeue(1, false, sources);
  const [name, ...others] = element!;
  if (!name || others.length > 0 || name.dtype !== string || name.size !== 1) {
    return invalid('The queue of a reader has to hold names of files, one string each.');
  }
  const path = String((name.data as Text[])[0]);
  name.release();
  return path;
}

function create(open: (path: string, attrs: Attrs) => Items, handleType: DType): Kernel {
  return (_inputs, attrs, context) => {
    const shared = attrs.shared_name as string;
    const make = () => new ReaderStore((path) => open(path, attrs));
    const store =
      shared === ''
        ? context.state(make)
        : context.resource(attrs.container as string, shared, make);
    return context.handle(handleType, store);
  };
}

function readerOf(value: Value | undefined): ReaderStore {
  if (value?.handle instanceof ReaderStore) return value.handle;
  return invalid('The handle is not a reader of this session.');
}

const textsOf = (context: KernelContext, shape: readonly number[], values: Item[1][]): Value =>
  context.wrap(
    string,
    shape,
    values.map((value) => (typeof value === 'string' ? value : textOfBytes(value))),
  );

const count = (context: KernelContext, n: number): Value =>
  context.wrap(int64, [], Float64Array.of(n));

for (const [kind, open] of Object.entries(KINDS)) {
  kernel(kind, create(open, string._as_ref));
  kernel(`${kind}V2`, create(open, resource));
}
for (const version of ['', 'V2']) {
  kernel(`ReaderRead${version}`, ([reader, queue], _attrs, context) => {
    const [key, value] = readerOf(reader).read(queueOf(queue), sourcesOf(context));
    return [textsOf(context, [], [key]), textsOf(context, [], [value])];
  });
  kernel(`ReaderReadUpTo${version}`, ([reader, queue, n], _attrs, context) => {
    const items = readerOf(reader).readUpTo(scalar(n!), queueOf(queue), sourcesOf(context));
    const shape = [items.length];
    const [keys, values] = [items.map(([key]) => key), items.map(([, value]) => value)];
    return [textsOf(context, shape, keys), textsOf(context, shape, values)];
  });
  kernel(`ReaderNumRecordsProduced${version}`, ([reader], _attrs, context) =>
    count(context, readerOf(reader).produced),
  );
  kernel(`ReaderNumWorkUnitsCompleted${version}`, ([reader], _attrs, context) =>
    count(context, readerOf(reader).completed),
  );
  kernel(`ReaderReset${version}`, ([reader]) => {
    readerOf(reader).reset();
    return null;
  });
}
