/** CRC-32C: known values (RFC 3720, B.4), any alignment, in parts. */

import { expect, test } from '@jest/globals';
import { crc32c, maskCrc, maskedCrc32c, unmaskCrc } from '../../src/formats/crc32c.ts';

test.each([
  ['zeros', new Uint8Array(32), 0x8a9136aa],
  ['ones', new Uint8Array(32).fill(255), 0x62a8ab43],
  ['rising', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['falling', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['text', new TextEncoder().encode('123456789'), 0xe3069283],
  ['nothing', new Uint8Array(0), 0],
])('%s', (_, bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc);
  expect(unmaskCrc(maskCrc(crc))).toBe(crc);
  expect(maskedCrc32c(bytes)).toBe(maskCrc(crc));
});

test('is the same at any alignment, and in parts', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => (i * 37) & 255);
  const whole = crc32c(bytes);
  for (let shift = 0; shift < 8; shift++) {
    const moved = new Uint8Array(108);
    moved.set(bytes, shift);
    expect(crc32c(moved.subarray(shift, shift + 100))).toBe(whole);
  }
  for (let at = 0; at <= 100; at++) {
    expect(crc32c(bytes.subarray(at), crc32c(bytes.subarray(0, at)))).toBe(whole);
  }
});
