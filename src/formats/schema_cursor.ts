/** A cursor over the words of a schema's text. */

/** Hands out the words and signs of a text one by one; comments are left out. */
export class TextCursor {
  private readonly words: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.words = text.replace(/\/\/[^\n]*/g, '').match(/-?[\w.]+|[{}<>,;=[\]]/g) ?? [];
  }

  /** Whether no word is left. */
  get done(): boolean {
    return this.at >= this.words.length;
  }

  /** The next word, which stays. */
  get peek(): string | undefined {
    return this.words[this.at];
  }

  /** The next word. */
  next(): string {
    const word = this.words[this.at++];
    if (word === undefined) throw new Error('The schema ends too early.');
    return word;
  }

  /** Skips `word` if it is the next one and says whether it was. */
  take(word: string): boolean {
    if (this.peek !== word) return false;
    this.at++;
    return true;
  }

  /** Skips `word`; an error where another one stands. */
  expect(word: string): void {
    const got = this.next();
    if (got !== word) throw new Error(`The schema has '${got}' where '${word}' should be.`);
  }

  /** The words before the next `end`, which is skipped. */
  until(end: string): string[] {
    const words: string[] = [];
    for (let word = this.next(); word !== end; word = this.next()) words.push(word);
    return words;
  }
}
