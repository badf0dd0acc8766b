/** What kind of file something is, by what is in it, and by its name only where bytes do not tell. */

import { NotFoundError } from '../core/errors.ts';
import { maskedCrc32c } from '../formats/crc32c.ts';
import { fileSystem, RandomAccessFile } from '../platform/files.ts';

/** The kinds of files that are known, and what each is called. */
export const KINDS = {
  graph: 'GraphDef',
  'graph text': 'GraphDef in the text format',
  meta: 'MetaGraphDef',
  'meta text': 'MetaGraphDef in the text format',
  'saved model': 'SavedModel',
  checkpoint: 'checkpoint',
  events: 'event file',
  records: 'TFRecord file',
  npy: 'NumPy array',
  npz: 'NumPy archive',
  tfjs: 'tfjs model',
} as const;

/** One kind of file. */
export type Kind = keyof typeof KINDS;

/** A file and what it is. */
export interface Found {
  readonly kind: Kind;
  /** The file, the directory of a SavedModel, or the prefix of a checkpoint. */
  readonly path: string;
}

const LOOKED_AT = 65536;
/** How many names are offered at most. */
const SHOWN = 3;
const TABLE_MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];
const RECORD_HEADER = 12;

/** What `path` is: a file, a directory, or the prefix of a checkpoint. NotFoundError where nothing is there. */
export function kindOf(path: string): Found {
  const status = fileSystem().statSync(path, { throwIfNoEntry: false });
  if (status?.isDirectory()) return kindOfDirectory(path.replace(/\/+$/, ''));
  if (!status) {
    if (fileSystem().existsSync(`${path}.index`)) return { kind: 'checkpoint', path };
    throw new NotFoundError(null, null, `${path}; No such file or directory`);
  }
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/\.data-\d{5}-of-\d{5}$/.test(name))
    return { kind: 'checkpoint', path: path.replace(/\.data-\d{5}-of-\d{5}$/, '') };
  if (/^saved_model\.pb(txt)?$/.test(name))
    return { kind: 'saved model', path: path.slice(0, -name.length).replace(/\/$/, '') || '.' };
  if (name === 'checkpoint')
    return { kind: 'checkpoint', path: path.slice(0, -name.length).replace(/\/$/, '') || '.' };
  const file = new RandomAccessFile(path);
  try {
    return kindOfBytes(file, path, name);
  } finally {
    file.close();
  }
}

function kindOfDirectory(path: string): Found {
  const has = (name: string) => fileSystem().existsSync(`${path}/${name}`);
  if (has('saved_model.pb') || has('saved_model.pbtxt')) return { kind: 'saved model', path };
  if (has('model.json')) return { kind: 'tfjs', path: `${path}/model.json` };
  if (has('checkpoint')) return { kind: 'checkpoint', path };
  throw new NotFoundError(
    null,
    null,
    `${path} is a directory without a saved_model.pb, a model.json or a checkpoint${inside(path)}`,
  );
}

/** What a directory has that could have been meant: checkpoints, event files, directories of models. */
function inside(path: string): string {
  const names: string[] = fileSystem().readdirSync(path).sort();
  const prefixes = names
    .filter((name) => name.endsWith('.index'))
    .map((name) => `${path}/${name.slice(0, -'.index'.length)}`);
  const models = names
    .filter((name) =>
      ['saved_model.pb', 'saved_model.pbtxt', 'model.json', 'checkpoint'].some((file) =>
        fileSystem().existsSync(`${path}/${name}/${file}`),
      ),
    )
    .map((name) => `${path}/${name}`);
  const events = names.filter((name) => name.includes('tfevents')).map((name) => `${path}/${name}`);
  const found = [...prefixes, ...models, ...events];
  if (found.length === 0) return '';
  const more = found.length > SHOWN ? `, ... (${found.length})` : '';
  return `; is it ${found.slice(0, SHOWN).join(', ')}${more}?`;
}

function kindOfBytes(file: RandomAccessFile, path: string, name: string): Found {
  const head = file.read(0, LOOKED_AT);
  const starts = (...bytes: number[]) => bytes.every((byte, i) => head[i] === byte);
  if (starts(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59)) return { kind: 'npy', path };
  if (starts(0x50, 0x4b)) return { kind: 'npz', path };
  const tail = file.read(Math.max(0, file.size - TABLE_MAGIC.length), TABLE_MAGIC.length);
  if (TABLE_MAGIC.every((byte, i) => tail[i] === byte))
    return { kind: 'checkpoint', path: path.replace(/\.index$/, '') };
  if (isRecord(head)) return { kind: name.includes('tfevents') ? 'events' : 'records', path };
  if (isGzip(head) && /\.tfrecords?(\.gz)?$|\.gz$/.test(name)) return { kind: 'records', path };
  const text = textOf(head);
  if (text !== null) return { kind: kindOfText(text, name), path };
  return { kind: name.endsWith('.meta') ? 'meta' : 'graph', path };
}

function kindOfText(text: string, name: string): Kind {
  if (/^\s*\{/.test(text)) return 'tfjs';
  const isMeta = name.endsWith('.meta') || /^(meta_info_def|graph_def)\s*[:{]/m.test(text);
  return isMeta ? 'meta text' : 'graph text';
}

/** Whether bytes begin with the length of a record and its checksum. */
function isRecord(head: Uint8Array): boolean {
  if (head.length < RECORD_HEADER) return false;
  const view = new DataView(head.buffer, head.byteOffset, RECORD_HEADER);
  return view.getUint32(8, true) === maskedCrc32c(head.subarray(0, 8));
}

const isGzip = (head: Uint8Array) => head[0] === 0x1f && head[1] === 0x8b;

/** The text that bytes are, which has no control characters; `null` where they are none. */
function textOf(head: Uint8Array): string | null {
  if (head.length === 0) return null;
  const text = new TextDecoder().decode(head);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell bytes from text
  return /[\x00-\x08\x0e-\x1f]|\ufffd(?!$)/.test(text) ? null : text;
}
