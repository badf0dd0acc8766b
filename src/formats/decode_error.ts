/** The error of bytes that are no message. */

import { ValueError } from '../core/errors.ts';

/** Bytes do not hold the message that they should hold. */
export class DecodeError extends ValueError {}

Object.defineProperty(DecodeError.prototype, 'name', {
  value: 'DecodeError',
  writable: true,
  configurable: true,
});
