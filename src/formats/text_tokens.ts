/** The words of messages in the text format, with their places for errors, as Python's tokenizer has them. */

import { ValueError } from '../core/errors.ts';

/** Text that is no message of the expected type: Python's `text_format.ParseError`. */
export class ParseError extends ValueError {
  private readonly line: number | null;
  private readonly column: number | null;

  constructor(message = '', line: number | null = null, column: number | null = null) {
    const place = column === null ? `${line}` : `${line}:${column}`;
    super(line === null ? message : `${place} : ${message}`);
    this.line = line;
    this.column = column;
  }

  /** The line, from 1; null where it is not known. */
  GetLine(): number | null {
    return this.line;
  }

  /** The column, from 1; null where it is not known. */
  GetColumn(): number | null {
    return this.column;
  }
}

Object.defineProperty(ParseError.prototype, 'name', {
  value: 'ParseError',
  writable: true,
  configurable: true,
});

const IDENTIFIER = /[a-zA-Z_][0-9a-zA-Z_+-]*/y;
const NUMBER = /(?:[0-9+-]|\.[0-9])[0-9a-zA-Z_.+-]*/y;

/** A cursor over the words; the empty one is the end. */
export class TextTokens {
  /** The word that comes next. */
  token = '';
  private readonly text: string;
  private at = 0;
  private line = 0;
  private lineStart = 0;
  private previousLine = 0;
  private previousColumn = 0;

  constructor(text: string) {
    this.text = text;
    this.skipSpace();
    this.token = this.match();
  }

  get atEnd(): boolean {
    return this.token === '';
  }

  /** Goes on to the next word. */
  advance(): void {
    this.previousLine = this.line;
    this.previousColumn = this.at - this.lineStart;
    this.at += this.token.length;
    this.skipSpace();
    this.token = this.match();
  }

  /** Skips `token` if it comes next and says whether it did. */
  take(token: string): boolean {
    if (this.token !== token) return false;
    this.advance();
    return true;
  }

  /** Skips `token`; ParseError where another comes next. */
  expect(token: string): void {
    if (!this.take(token)) throw this.error(`Expected "${token}".`);
  }

  /** The next word, which is skipped once `read` has made a value of it; its ValueErrors get the place. */
  consume<V>(read: (token: string) => V): V {
    let value: V;
    try {
      value = read(this.token);
    } catch (error) {
      if (error instanceof ValueError) throw this.error(error.message);
      throw error;
    }
    this.advance();
    return value;
  }

  /** An error at the word that comes next. */
  error(message: string): ParseError {
    const line = this.atEnd ? '' : this.lineText();
    return new ParseError(`'${line}': ${message}`, this.line + 1, this.at - this.lineStart + 1);
  }

  /** An error at the word before. */
  errorBefore(message: string): ParseError {
    return new ParseError(message, this.previousLine + 1, this.previousColumn + 1);
  }

  private lineText(): string {
    const end = this.text.indexOf('\n', this.lineStart);
    return this.text.slice(this.lineStart, end < 0 ? undefined : end);
  }

  private skipSpace(): void {
    const { text } = this;
    for (; this.at < text.length; this.at++) {
      const character = text[this.at]!;
      if (character === '\n' && text.length > this.at + 1) {
        this.line++;
        this.lineStart = this.at + 1;
      } else if (character === '#') {
        const end = text.indexOf('\n', this.at);
        this.at = (end < 0 ? text.length : end) - 1;
      } else if (!/\s/.test(character)) return;
    }
  }

  private match(): string {
    const { text, at } = this;
    const first = text[at];
    if (first === undefined) return '';
    if (first === '"' || first === "'") return this.quoted(first);
    for (const pattern of [IDENTIFIER, NUMBER]) {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (found) return found[0];
    }
    return first;
  }

  /** A quoted text: to the closing quote, or to the end of the line where there is none. */
  private quoted(quote: string): string {
    const { text, at } = this;
    for (let i = at + 1; i < text.length; i++) {
      const character = text[i];
      if (character === '\n') return text.slice(at, i);
      if (character === quote) return text.slice(at, i + 1);
      if (character === '\\' && text[i + 1] !== '\n') i++;
    }
    return text.slice(at);
  }
}
