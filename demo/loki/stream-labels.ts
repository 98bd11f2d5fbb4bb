/** The label set of a stream as text, `{code="200", verb="get"}`, in the syntax Loki takes from Prometheus. */
export function parseLabels(text: string): Record<string, string> {
  const reader = new LabelReader(text);
  const labels: Record<string, string> = {};
  reader.expect('{');
  while (!reader.takes('}')) {
    const name = reader.name();
    reader.expect('=');
    const value = reader.quoted();
    // Loki drops labels without a value before it looks at the set.
    if (value !== '') labels[name] = value;
    if (!reader.takes(',')) {
      reader.expect('}');
      break;
    }
  }
  reader.end();
  return labels;
}

/** The one way Loki writes a label set: sorted by name, one blank after each comma. */
export function printLabels(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${pairs.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}}`;
}

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
    if (!this.takes(token)) this.#fail(`expected "${token}"`);
  }

  name(): string {
    return this.#match(/[a-zA-Z_:][a-zA-Z0-9_:]*/y) ?? this.#fail('expected a label name');
  }

  /** A quoted value, as Go writes them: with escapes, or raw between back quotes. */
  quoted(): string {
    const raw = this.#match(/`[^`]*`/y);
    if (raw !== undefined) return raw.slice(1, -1);
    const token = this.#match(/"(?:[^"\\\n]|\\.)*"/y) ?? this.#fail('expected a quoted value');
    return unquote(token.slice(1, -1)) ?? this.#fail('bad escape in a quoted value');
  }

  end(): void {
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail('expected the end');
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

  #fail(reason: string): never {
    throw new Error(`1:${this.#at + 1}: parse error: ${reason}`);
  }
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

/** Undoes Go's strconv.Quote; `undefined` on an escape it would not write. `\x` and octal give bytes, the others characters. */
function unquote(text: string): string | undefined {
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
    if (match === null) return undefined;
    const [whole, hexByte, hex4, hex8, octal, short] = match;
    if (hexByte !== undefined) parts.push(Buffer.from([Number.parseInt(hexByte, 16)]));
    else if (octal !== undefined) parts.push(Buffer.from([Number.parseInt(octal, 8)]));
    else if (short !== undefined) parts.push(Buffer.from([shortEscapes[short]!]));
    else parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(hex4 ?? hex8!, 16))));
    at = next + whole.length;
  }
  return Buffer.concat(parts).toString('utf8');
}

const goNames: Record<string, string> = { '07': '\\a', '0b': '\\v' };

/** Quotes as Go does for what occurs in label values: JSON's escapes, but for control characters written `\x1f`. */
function quote(value: string): string {
  return JSON.stringify(value)
    .replace(/\\u00([01][0-9a-f])/g, (_, hex: string) => goNames[hex] ?? `\\x${hex}`)
    .replaceAll('\x7f', '\\x7f');
}
