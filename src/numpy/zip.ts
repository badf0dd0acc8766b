/**
 * Zip archives: the members by their central directory, with every size and place checked against
 * the bytes that are there, and every checksum verified. Inflation and writing are fflate's.
 */

import { ValueError } from '../core/errors.ts';
import { crc32, inflateSync, zipSync } from '../formats/deflate.ts';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
const LOCAL_SIZE = 30;
const LONGEST_COMMENT = 0xffff;
const IN_ZIP64 = 0xffffffff;
/** Deflate cannot expand further; a larger claim is a lie. */
const MAX_RATIO = 1032;
const STORED = 0;
const DEFLATED = 8;

interface Member {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  readonly compressed: number;
  readonly size: number;
  readonly offset: number;
}

function bad(why: string): ValueError {
  return new ValueError(`File is not a zip file\n\n${why}`);
}

/** The members of an archive by name, in the order of its directory. ValueError if it is damaged. */
export function readZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members = readDirectory(bytes, view);
  const claimed = members.reduce((sum, { compressed }) => sum + compressed, 0);
  if (claimed > bytes.length) throw bad('Its members are larger than the file.');
  return new Map(members.map((member) => [member.name, contents(bytes, view, member)]));
}

function readDirectory(bytes: Uint8Array, view: DataView): Member[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_SIZE > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) {
      throw bad('Its directory is damaged.');
    }
    const [nameLength, extraLength] = [
      view.getUint16(at + 28, true),
      view.getUint16(at + 30, true),
    ];
    const next = at + ENTRY_SIZE + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > end) throw bad('Its directory is cut off.');
    const name = bytes.subarray(at + ENTRY_SIZE, at + ENTRY_SIZE + nameLength);
    const sizes = [20, 24, 42].map((field) => view.getUint32(at + field, true));
    if (sizes.includes(IN_ZIP64)) throw bad('Members of 4 GiB and more are not supported.');
    const [compressed, size, offset] = sizes as [number, number, number];
    members.push({
      name: new TextDecoder().decode(name),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) !== 0,
      checksum: view.getUint32(at + 16, true),
      compressed,
      size,
      offset,
    });
    at = next;
  }
  return members;
}

/** The end record is last, but for a comment. */
function findEnd(view: DataView): number {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - LONGEST_COMMENT); at--) {
    const fits = view.getUint32(at, true) === END_OF_DIRECTORY;
    if (fits && at + END_SIZE + view.getUint16(at + 20, true) === view.byteLength) return at;
  }
  throw bad('It has no end of central directory.');
}

function contents(bytes: Uint8Array, view: DataView, member: Member): Uint8Array {
  const { name, method, offset, compressed, size } = member;
  const fail = (why: string): ValueError => bad(`Its member ${JSON.stringify(name)} ${why}.`);
  if (member.encrypted) throw fail('is encrypted');
  if (offset + LOCAL_SIZE > bytes.length || view.getUint32(offset, true) !== LOCAL_ENTRY) {
    throw fail('is not where the directory says');
  }
  const skip = view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  const start = offset + LOCAL_SIZE + skip;
  if (start + compressed > bytes.length) throw fail('is cut off');
  const packed = bytes.subarray(start, start + compressed);
  const out = unpack(packed, method, size, fail);
  if (out.length !== size) throw fail(`has ${out.length} bytes where ${size} are announced`);
  if (crc32(out) !== member.checksum) throw fail('has a wrong checksum (Bad CRC-32)');
  return out;
}

function unpack(
  packed: Uint8Array,
  method: number,
  size: number,
  fail: (why: string) => ValueError,
): Uint8Array {
  if (method === STORED) return packed.slice();
  if (method !== DEFLATED) throw fail(`is compressed by method ${method}, which is not supported`);
  if (size > packed.length * MAX_RATIO) throw fail(`cannot expand to ${size} bytes`);
  try {
    return inflateSync(packed, { out: new Uint8Array(size) });
  } catch (error) {
    throw fail(`is damaged (${error instanceof Error ? error.message : error})`);
  }
}

/** The archive of the given members; without compression unless `compress`. */
export function writeZip(members: ReadonlyMap<string, Uint8Array>, compress: boolean): Uint8Array {
  // A fixed date, NumPy's own, so that equal arrays give equal files.
  const options = { level: compress ? 6 : 0, mtime: new Date(1980, 0, 1) } as const;
  const files = [...members].map(([name, bytes]) => [name, [bytes, options] as const] as const);
  return zipSync(Object.fromEntries(files) as Parameters<typeof zipSync>[0]);
}
