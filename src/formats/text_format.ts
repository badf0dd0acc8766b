/** `tf.text_format`: protocol messages as text and from text, as `google.protobuf.text_format` has it. */

import { fn } from '../core/signature.ts';
import type { Message } from './message.ts';
import { printMessage } from './message_text.ts';
import { readText } from './message_text_reader.ts';

export { ParseError } from './text_tokens.ts';

const decoder = new TextDecoder();
const textOf = (text: string | Uint8Array) =>
  typeof text === 'string' ? text : decoder.decode(text);

const PARAMETERS = [
  'text',
  'message',
  'allow_unknown_extension',
  'allow_field_number',
  'descriptor_pool',
  'allow_unknown_field',
] as const;

/** How text is read; there are no extensions here. */
interface Keywords {
  readonly allow_unknown_extension?: boolean;
  readonly allow_field_number?: boolean;
  readonly descriptor_pool?: unknown;
  /** Whether fields that the message does not have are skipped. */
  readonly allow_unknown_field?: boolean;
}

/** A function that reads text into a message, and returns the message. */
interface Reading {
  <M extends Message>(text: string | Uint8Array, message: M, keywords?: Keywords): M;
  <M extends Message>(
    text: string | Uint8Array,
    message: M,
    allow_unknown_extension?: boolean,
    allow_field_number?: boolean,
    descriptor_pool?: unknown,
    allow_unknown_field?: boolean,
  ): M;
}

function reading(name: string, allowTwice: boolean): Reading {
  const read: unknown = fn(
    PARAMETERS,
    (
      text: string | Uint8Array,
      message: Message,
      _allow_unknown_extension: boolean = false,
      _allow_field_number: boolean = false,
      _descriptor_pool: unknown = null,
      allow_unknown_field: boolean = false,
    ): Message => {
      readText(message, textOf(text), { allowTwice, allowUnknown: allow_unknown_field });
      return message;
    },
    { name },
  );
  return read as Reading;
}

/**
 * Adds the fields that `text` holds to `message`, which it returns; a field may be there twice, and
 * the last value counts. ParseError, with line and column, where the text is no such message.
 */
export const Merge = reading('Merge', true);

/**
 * Adds the fields that `text` holds to `message`, which it returns. ParseError, with line and column,
 * where the text is no such message, or sets a field twice.
 */
export const Parse = reading('Parse', false);

/**
 * The text of `message`, one field a line. `as_utf8` leaves text beyond ASCII as it is,
 * `as_one_line` puts spaces for line ends, `use_short_repeated_primitives` writes lists in brackets.
 */
export const MessageToString = fn(
  ['message', 'as_utf8', 'as_one_line', 'use_short_repeated_primitives'],
  (
    message: Message,
    as_utf8: boolean = true,
    as_one_line: boolean = false,
    use_short_repeated_primitives: boolean = false,
  ): string =>
    printMessage(message, {
      utf8: as_utf8,
      oneLine: as_one_line,
      shortLists: use_short_repeated_primitives,
    }),
  { name: 'MessageToString' },
);
