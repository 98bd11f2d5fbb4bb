/** Reads the pieces of label sets and selectors one after the other. */
export class LabelReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  takes(token: string): boolean {
    this.#skipBlanks();
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) this.#fail();
  }

  name(): string {
    return this.#match(/[a-zA-Z_:][a-zA-Z0-9_:]*/y) ?? this.#fail();
  }

  /** A quoted value, as Go writes them: with escapes, or raw between back quotes. */
  quoted(): string {
    const raw = this.#match(/`[^`]*`/y);
    if (raw !== undefined) return raw.slice(1, -1);
    const token = this.#match(/"(?:[^"\\\n]|\\.)*"/y) ?? this.#fail();
    try {
      return unquote(token.slice(1, -1));
    } catch (error) {
      throw parseError(this.#at - token.length, (error as Error).message);
    }
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail();
  }

  #skipBlanks(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #match(sticky: RegExp): string | undefined {
    this.#skipBlanks();
    sticky.lastIndex = this.#at;
    const match = sticky.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #fail(): never {
    const char = this.#text[this.#at];
    const what =
      char === undefined
        ? 'unexpected end of input inside braces'
        : `unexpected character inside braces: '${char}'`;
    throw parseError(this.#at, what);
  }
}

function parseError(at: number, what: string): Error {
  return new Error(`1:${at + 1}: parse error: ${what}`);
}

const shortEscapes: Record<string, number> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  '"': 34,
};

const escapeSequence =
  /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([abfnrtv\\"]))/y;

/** Undoes Go's strconv.Quote. `\x` and octal give bytes, the others characters. */
function unquote(text: string): string {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('\\', at);
    if (next < 0) {
      parts.push(Buffer.from(text.slice(at)));
      break;
    }
    parts.push(Buffer.from(text.slice(at, next)));
    escapeSequence.lastIndex = next;
    const match = escapeSequence.exec(text);
    if (match === null) {
      const char = text[next + 1]!;
      const code = char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      throw new Error(`unknown escape sequence U+${code} '${char}'`);
    }
    const [whole, hexByte, hex4, hex8, octal, short] = match;
    if (hexByte !== undefined) parts.push(Buffer.from([Number.parseInt(hexByte, 16)]));
    else if (octal !== undefined) parts.push(Buffer.from([Number.parseInt(octal, 8)]));
    else if (short !== undefined) parts.push(Buffer.from([shortEscapes[short]!]));
    else parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(hex4 ?? hex8!, 16))));
    at = next + whole.length;
  }
  return Buffer.concat(parts).toString('utf8');
}
