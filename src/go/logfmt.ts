import { textByteLength } from '../entry/text.js';

/**
 * Reads logfmt as go-logfmt 0.6 does (`level=info msg="a b" flag`) and hands over each key with its value, '' if it has
 * none, in their order. Each line of the text is a record. The first error ends reading: it is returned in words, and what
 * came before it has been handed over.
 */
export function readLogfmt(text: string, take: (key: string, value: string) => void): string | undefined {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    if (isTooLong(text, start, end)) return 'a record of 64 KiB or more';
    const error = new RecordReader(text, start, withoutReturn(text, start, end)).readPairs(take);
    if (error !== undefined) return error;
    start = end + 1;
  }
  return undefined;
}

function isTooLong(text: string, start: number, end: number): boolean {
  if ((end - start) * 3 < maxRecordBytes) return false;
  return textByteLength(text.slice(start, end)) >= maxRecordBytes;
}

function withoutReturn(text: string, start: number, end: number): number {
  return end > start && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
}

class RecordReader {
  readonly #text: string;
  readonly #end: number;
  #at: number;

  constructor(text: string, start: number, end: number) {
    this.#text = text;
    this.#at = start;
    this.#end = end;
  }

  readPairs(take: (key: string, value: string) => void): string | undefined {
    for (;;) {
      this.#skipBlanks();
      if (this.#at === this.#end) return undefined;
      const key = this.#readBare();
      const after = this.#code();
      if (after === quote) return 'a quote in a key';
      if (key === '') return 'a value without key';
      if (notInKeys.test(key)) return 'a key that is not valid UTF-8';
      if (after !== equals) {
        take(key, '');
        continue;
      }
      this.#at++;
      const isQuoted = this.#code() === quote;
      const value = isQuoted ? this.#readQuoted() : this.#readBare();
      if (value === undefined) return 'a quoted value without end or with a wrong escape';
      // Text right after a closing quote is the next key.
      if (!isQuoted && this.#code() !== blank) return 'an equals sign or quote in a value';
      take(key, value);
    }
  }

  #skipBlanks(): void {
    while (this.#at < this.#end && this.#code() === blank) this.#at++;
  }

  /** The character at hand; any that separates, and the end of the record, is a blank. */
  #code(): number {
    return this.#at < this.#end ? Math.max(this.#text.charCodeAt(this.#at), blank) : blank;
  }

  /** Up to a blank, an equals sign or a quote. */
  #readBare(): string {
    const start = this.#at;
    for (let code = this.#code(); code !== blank && code !== equals && code !== quote; code = this.#code()) {
      this.#at++;
    }
    return this.#text.slice(start, this.#at);
  }

  /** Undefined when it does not end or is not well written. */
  #readQuoted(): string | undefined {
    const start = this.#at + 1;
    let hasEscape = false;
    for (let at = start; at < this.#end; at++) {
      const code = this.#text.charCodeAt(at);
      if (code === quote) {
        this.#at = at + 1;
        const inside = this.#text.slice(start, at);
        return hasEscape ? unescaped(inside) : inside;
      }
      if (code === backslash) {
        hasEscape = true;
        at++;
      }
    }
    return undefined;
  }
}

/** JSON's escapes, and that of a single quote. Bytes that are not UTF-8, and lone surrogates, become U+FFFD. */
function unescaped(inside: string): string | undefined {
  if (!wellEscaped.test(inside)) return undefined;
  return inside
    .toWellFormed()
    .replace(escapes, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .toWellFormed();
}

const maxRecordBytes = 65_536;
const blank = 0x20;
const quote = 0x22;
const equals = 0x3d;
const backslash = 0x5c;
const notInKeys = /[\ufffd\ud800-\udfff]/u;
const wellEscaped = /^(?:[^\\\0-\x1f]|\\(?:["\\/'bfnrt]|u[\da-fA-F]{4}))*$/;
const escapes = /\\(?:u([\da-fA-F]{4})|([\s\S]))/g;
const letters: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
