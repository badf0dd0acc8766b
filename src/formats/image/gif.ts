/**
 * GIF files, all frames, as TensorFlow reads them: a frame that does not fill the canvas is drawn on
 * the one before, and transparency is not looked at.
 */

/** Frames of red, green and blue, one after another. */
export interface Gif {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly colors: Uint8Array;
  /** The color of each pixel. */
  readonly indices: Uint8Array;
}

const HEADER_SIZE = 13;
const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b];
const MOST_CODES = 4096;
const MOST_PIXELS = 2 ** 29;
/** Where the four passes of the interlaced order start, and their steps. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
] as const;

/** The frames in `bytes`; `null` where they are damaged. */
export function readGif(bytes: Uint8Array): Gif | null {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== 'GIF8' || bytes.length < HEADER_SIZE) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const frames = readFrames(bytes, view);
  const first = frames?.[0];
  if (!frames || !first || width === 0 || height === 0) return null;
  const fills = first.width >= width && first.height >= height && first.left + first.top === 0;
  const size = width * height * 3;
  if (!fills || size * frames.length >= MOST_PIXELS) return null;
  const data = new Uint8Array(size * frames.length);
  for (const [i, frame] of frames.entries()) {
    const canvas = data.subarray(i * size, (i + 1) * size);
    if (i > 0) canvas.set(data.subarray((i - 1) * size, i * size));
    draw(frame, canvas, width, height);
  }
  return { frames: frames.length, width, height, data };
}

function draw(frame: Frame, canvas: Uint8Array, width: number, height: number): void {
  const { left, top, colors, indices } = frame;
  const right = Math.min(width, left + frame.width);
  const bottom = Math.min(height, top + frame.height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const color = 3 * indices[(y - top) * frame.width + x - left]!;
      const to = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) canvas[to + c] = colors[color + c] ?? 0;
    }
  }
}

function readFrames(bytes: Uint8Array, view: DataView): Frame[] | null {
  const frames: Frame[] = [];
  const shared = colorTable(bytes, HEADER_SIZE, bytes[10]!);
  let at = HEADER_SIZE + (shared?.length ?? 0);
  while (at < bytes.length) {
    const kind = bytes[at++];
    if (kind === TRAILER) return frames;
    if (kind === EXTENSION) {
      const end = skipBlocks(bytes, at + 1);
      if (end < 0) return null;
      at = end;
    } else if (kind === IMAGE && at + 9 <= bytes.length) {
      const place = [0, 2, 4, 6].map((offset) => view.getUint16(at + offset, true));
      const [left, top, width, height] = place as [number, number, number, number];
      const flags = bytes[at + 8]!;
      const own = colorTable(bytes, at + 9, flags);
      const colors = own ?? shared;
      at += 9 + (own?.length ?? 0);
      const end = skipBlocks(bytes, at + 1);
      if (end < 0 || !colors || width === 0 || height === 0) return null;
      const plain = unpack(joined(bytes, at + 1), bytes[at]!, width * height);
      if (!plain) return null;
      const indices = flags & 0x40 ? ordered(plain, width, height) : plain;
      frames.push({ left, top, width, height, colors, indices });
      at = end;
    } else return null;
  }
  return null;
}

function colorTable(bytes: Uint8Array, at: number, flags: number): Uint8Array | null {
  return flags & 0x80 ? bytes.subarray(at, at + 3 * (2 << (flags & 7))) : null;
}

/** Behind the blocks that begin at `at`; -1 where they do not end. */
function skipBlocks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
  return at < bytes.length ? at + 1 : -1;
}

function joined(bytes: Uint8Array, from: number): Uint8Array {
  const all = new Uint8Array(skipBlocks(bytes, from) - from);
  let size = 0;
  for (let at = from; bytes[at] !== 0; at += 1 + bytes[at]!) {
    all.set(bytes.subarray(at + 1, at + 1 + bytes[at]!), size);
    size += bytes[at]!;
  }
  return all.subarray(0, size);
}

/** LZW codes to `count` color indices; `null` where there are fewer. Memory grows with what comes out. */
function unpack(bytes: Uint8Array, bits: number, count: number): Uint8Array | null {
  if (bits < 1 || bits > 8) return null;
  const [clear, end] = [1 << bits, (1 << bits) + 1];
  const prefix = new Uint16Array(MOST_CODES);
  const suffix = new Uint8Array(MOST_CODES);
  const lengths = new Uint16Array(MOST_CODES).fill(1);
  for (let i = 0; i < clear; i++) suffix[i] = i;
  let out = new Uint8Array(Math.min(count, 4 * bytes.length + 64));
  let size = 0;
  let next = end + 1;
  let width = bits + 1;
  let previous = -1;
  for (let at = 0, held = 0, have = 0; size < count; ) {
    while (have < width && at < bytes.length) {
      held |= bytes[at++]! << have;
      have += 8;
    }
    if (have < width) return null;
    const code = held & ((1 << width) - 1);
    held >>>= width;
    have -= width;
    if (code === clear) {
      next = end + 1;
      width = bits + 1;
      previous = -1;
      continue;
    }
    if (code === end || code > next || (code === next && previous < 0)) return null;
    const known = code < next ? code : previous;
    const length = lengths[known]! + (code < next ? 0 : 1);
    if (size + length > out.length && out.length < count) {
      const larger = new Uint8Array(Math.min(count, Math.max(2 * out.length, size + length)));
      larger.set(out);
      out = larger;
    }
    let first = known;
    for (let i = lengths[known]! - 1, c = known; i >= 0; i--, c = prefix[c]!) {
      // What is beyond the image is dropped by the array.
      out[size + i] = suffix[c]!;
      first = c;
    }
    if (code === next) out[size + length - 1] = suffix[first]!;
    size += length;
    if (previous >= 0 && next < MOST_CODES) {
      prefix[next] = previous;
      suffix[next] = suffix[first]!;
      lengths[next] = lengths[previous]! + 1;
      next++;
      if (next === 1 << width && width < 12) width++;
    }
    previous = code;
  }
  return out;
}

/** The rows of an interlaced frame from top to bottom. */
function ordered(indices: Uint8Array, width: number, height: number): Uint8Array {
  const rows = new Uint8Array(indices.length);
  let from = 0;
  for (const [start, step] of PASSES) {
    for (let y = start; y < height; y += step) {
      rows.set(indices.subarray(from, from + width), y * width);
      from += width;
    }
  }
  return rows;
}
