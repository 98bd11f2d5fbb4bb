import { RegexpSyntaxError } from './regexp-syntax-error.js';

/** A pattern and how far it is read. */
export class PatternReader {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
    if (!source.isWellFormed()) throw this.#error('invalid UTF-8', source.toWellFormed());
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  /** The UTF-16 unit `ahead` units from here, "" beyond the end. */
  peek(ahead = 0): string {
    return this.source.charAt(this.at + ahead);
  }

  startsWith(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** Steps over `text` if it comes next. */
  take(text: string): boolean {
    if (!this.startsWith(text)) return false;
    this.at += text.length;
    return true;
  }

  takeCodePoint(): number {
    const codePoint = this.source.codePointAt(this.at)!;
    this.at += codePoint > 0xffff ? 2 : 1;
    return codePoint;
  }

  /** Steps over all up to and including the first `end` and gives what stood before it; undefined if there is none. */
  takeThrough(end: string): string | undefined {
    const found = this.source.indexOf(end, this.at);
    if (found < 0) return undefined;
    const text = this.source.slice(this.at, found);
    this.at = found + end.length;
    return text;
  }

  /** Refuses the pattern, quoting it from `from` to here. */
  fail(reason: string, from = this.at): never {
    throw this.#error(reason, this.source.slice(from, this.at));
  }

  /** Refuses the pattern, quoting it from `from` to its end. */
  failToEnd(reason: string, from = 0): never {
    throw this.#error(reason, this.source.slice(from));
  }

  #error(reason: string, excerpt: string): RegexpSyntaxError {
    return new RegexpSyntaxError(reason, excerpt);
  }
}
