/** WAV files of 16 bit samples: TensorFlow's only form of audio. A sample is a number from -1 to 1. */

import { InvalidArgumentError } from '../core/errors.ts';

const HEADER_SIZE = 44;
const FULL_SCALE = 32768;
const PCM = 1;
const MOST_U32 = 0xffffffff;
const MOST_I32 = 0x7fffffff;

/** What a file holds: `[frames, channels]` samples. */
export interface Wav {
  readonly samples: Float32Array;
  readonly frames: number;
  readonly channels: number;
  /** Frames per second. */
  readonly sampleRate: number;
}

function invalid(text: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, text);
}

/** `frames * channels` samples as a file. InvalidArgumentError for what no file can say. */
export function writeWav(
  samples: ArrayLike<number>,
  frames: number,
  channels: number,
  sampleRate: number,
): Uint8Array {
  if (sampleRate <= 0 || sampleRate > MOST_U32) {
    throw invalid(`sample_rate must be in (0, 2^32), got: ${sampleRate}`);
  }
  if (channels <= 0 || channels > 0xffff) {
    throw invalid(`num_channels must be in (0, 2^16), got: ${channels}`);
  }
  const size = frames * channels * 2;
  if (HEADER_SIZE + size > MOST_U32) {
    throw invalid('Provided channels and frames cannot be encoded as a WAV.');
  }
  const bytes = new Uint8Array(HEADER_SIZE + size);
  const view = new DataView(bytes.buffer);
  putText(bytes, 0, 'RIFF');
  view.setUint32(4, HEADER_SIZE + size - 8, true);
  putText(bytes, 8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  putText(bytes, 36, 'data');
  view.setUint32(40, size, true);
  for (let i = 0; i < frames * channels; i++) {
    view.setInt16(HEADER_SIZE + 2 * i, toInt16(samples[i]!), true);
  }
  return bytes;
}

/** Rounded half away from zero, as C does, and clipped. */
function toInt16(sample: number): number {
  const scaled = Math.fround(sample * FULL_SCALE);
  const rounded = Math.sign(scaled) * Math.floor(Math.abs(scaled) + 0.5);
  // NaN is 0 in a typed array; TensorFlow's min and max make it the least value.
  return Number.isNaN(rounded) ? -FULL_SCALE : Math.min(Math.max(rounded, -FULL_SCALE), 32767);
}

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

/** Reads the bytes one after another, with TensorFlow's errors where they end. */
class Cursor {
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get done(): boolean {
    return this.at >= this.bytes.length;
  }
  text(length: number): string {
    const from = this.skip(length);
    return String.fromCharCode(...this.bytes.subarray(from, from + length));
  }
  expect(text: string): void {
    const found = this.text(text.length);
    if (found !== text) throw invalid(`Header mismatch: Expected ${text} but found ${found}`);
  }
  u16(): number {
    return this.view.getUint16(this.skip(2), true);
  }
  i16(): number {
    return this.view.getInt16(this.skip(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }
  /** Passes `length` bytes and returns where they began. */
  skip(length: number): number {
    const from = this.at;
    this.check(length);
    this.at += length;
    return from;
  }
  check(length: number): void {
    if (this.at + length > this.bytes.length) {
      throw invalid('Data too short when trying to read string');
    }
  }
}

/** The audio that `bytes` hold. InvalidArgumentError where they are not a WAV file of 16 bit samples. */
export function readWav(bytes: Uint8Array): Wav {
  const cursor = new Cursor(bytes);
  cursor.expect('RIFF');
  cursor.u32();
  cursor.expect('WAVE');
  const { channels, sampleRate } = readFormat(cursor);
  let samples: Float32Array | null = null;
  while (!cursor.done) {
    const id = cursor.text(4);
    const size = cursor.u32();
    if (size > MOST_I32) {
      throw invalid(
        `WAV data chunk '${id}' is too large: ${size} bytes, but the limit is ${MOST_I32}`,
      );
    }
    if (id !== 'data') {
      cursor.at += size;
      continue;
    }
    if (samples) throw invalid('More than one data chunk found in WAV');
    const count = Math.floor(size / (2 * channels)) * channels;
    cursor.check(2 * count);
    samples = new Float32Array(count);
    for (let i = 0; i < count; i++) samples[i] = cursor.i16() / FULL_SCALE;
  }
  if (!samples) throw invalid('No data chunk found in WAV');
  return { samples, frames: samples.length / channels, channels, sampleRate };
}

function readFormat(cursor: Cursor): { channels: number; sampleRate: number } {
  cursor.expect('fmt ');
  const size = cursor.u32();
  if (size !== 16 && size !== 18) {
    throw invalid(`Bad format chunk size for WAV: Expected 16 or 18, but got${size}`);
  }
  const format = cursor.u16();
  if (format !== PCM) throw invalid(`Bad audio format for WAV: Expected 1 (PCM), but got${format}`);
  const channels = cursor.u16();
  if (channels < 1) {
    throw invalid(`Bad number of channels for WAV: Expected at least 1, but got ${channels}`);
  }
  const sampleRate = cursor.u32();
  const perSecond = cursor.u32();
  const perFrame = cursor.u16();
  const bits = cursor.u16();
  if (bits !== 16) throw invalid(`Can only read 16-bit WAV files, but received ${bits}`);
  if (perFrame !== 2 * channels) {
    throw invalid(
      `Bad bytes per sample in WAV header: Expected ${2 * channels} but got ${perFrame}`,
    );
  }
  if (perSecond !== (perFrame * sampleRate) % 2 ** 32) {
    throw invalid(
      `Bad bytes per second in WAV header: Expected ${perFrame * sampleRate} but got ${perSecond} (sample_rate=${sampleRate}, bytes_per_sample=${perFrame})`,
    );
  }
  if (size === 18) cursor.at += 2;
  return { channels, sampleRate };
}
