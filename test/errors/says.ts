/** Expects a call to fail with TF1's class and, up to the hint, TF1's very words. */

import { expect } from '@jest/globals';

/** One row of a table of errors: class, text (words to the end, or a pattern) and what triggers it. */
export type Row = readonly [kind: string, text: string | RegExp, trigger: () => unknown];

/** The class, the message and the whole text of what `trigger` throws. */
export function said(trigger: () => unknown): { kind: string; message: string; text: string } {
  try {
    trigger();
  } catch (error) {
    const { name, message } = error as Error;
    return { kind: name, message, text: String(error) };
  }
  return { kind: 'nothing', message: '', text: '' };
}

/** Where TF1's own words end: at the node's text or at the blank line before a hint. */
function ownWords(message: string): string {
  return message.split(/\n\t \[\[|\n\n/)[0]!;
}

export function expectSays([kind, text, trigger]: Row): void {
  const { kind: found, message } = said(trigger);
  if (typeof text === 'string') {
    const long = text.includes('\n\n');
    const own = long ? message.slice(0, text.length) : ownWords(message);
    expect(`${found}: ${own}`).toBe(`${kind}: ${text}`);
  } else {
    expect(found).toBe(kind);
    expect(message).toMatch(text);
  }
}
