import { type JsonObject, type JsonValue, newObject, nilObject } from './value.js';

/**
 * The reader of Promtail's JSON library (json-iterator), quirks included. Slower than JSON.parse: for the texts
 * on which the two differ. Undefined: malformed.
 */
export function readJson(text: string): JsonObject | undefined {
  try {
    return new JsonReader(text).readDocument();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Malformed extends Error {}

type Container = JsonObject | JsonValue[];

class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): JsonObject {
    const document = this.#readTop();
    const rest = this.#next();
    // A NUL looks like the end of the input, whatever follows it.
    if (rest !== '' && rest !== '\0') throw new Malformed();
    return document;
  }

  #readTop(): JsonObject {
    const first = this.#next();
    if (first === 'n') {
      this.#expect('ull');
      return nilObject;
    }
    if (first !== '{') throw new Malformed();
    const top = newObject();
    this.#readInto(top);
    return top;
  }

  /** Reads the members of an open object and of all within it. Not recursive: 10000 levels are allowed. */
  #readInto(top: JsonObject): void {
    const around: Container[] = [];
    let container: Container = top;
    let key = '';
    let hasMember = !this.#closesAtOnce('}');
    if (hasMember) {
      key = this.#readKey();
    }
    for (;;) {
      if (hasMember) {
        const first = this.#next();
        if (first === '{' || first === '[') {
          const child: Container = first === '{' ? newObject() : [];
          add(container, key, child);
          around.push(container);
          // The outermost object is not counted.
          if (around.length > maxDepth) throw new Malformed();
          container = child;
          hasMember = !this.#closesAtOnce(first === '{' ? '}' : ']');
          if (hasMember && first === '{') {
            key = this.#readFirstKey();
          }
          continue;
        }
        add(container, key, this.#readScalar(first));
      } else {
        const outer = around.pop();
        if (outer === undefined) return;
        container = outer;
      }
      const after = this.#next();
      const isArray = Array.isArray(container);
      hasMember = after === ',';
      if (!hasMember && after !== (isArray ? ']' : '}')) throw new Malformed();
      if (hasMember && !isArray) {
        key = this.#readKey();
      }
    }
  }

  #closesAtOnce(close: string): boolean {
    const closes = this.#next() === close;
    if (!closes) {
      this.#at--;
    }
    return closes;
  }

  /** An inner object insists on a quote for its first key only. */
  #readFirstKey(): string {
    if (this.#text[this.#at] !== '"') throw new Malformed();
    return this.#readKey();
  }

  #readKey(): string {
    const first = this.#next();
    let key = '';
    if (first === '"') {
      key = this.#readString();
    } else if (first === 'n') {
      this.#expect('ull'); // a bare null is taken for the key ""
    } else {
      throw new Malformed();
    }
    if (this.#next() !== ':') throw new Malformed();
    return key;
  }

  #readScalar(first: string): JsonValue {
    switch (first) {
      case '"':
        return this.#readString();
      case 'n':
        this.#expect('ull');
        return null;
      case 't':
        this.#expect('rue');
        return true;
      case 'f':
        this.#expect('alse');
        return false;
      default:
        return this.#readNumber();
    }
  }

  #readNumber(): number {
    numberPattern.lastIndex = this.#at - 1;
    const written = numberPattern.exec(this.#text)?.[0];
    if (written === undefined) throw new Malformed();
    this.#at += written.length - 1;
    // `-+5` is read as a minus and the Go float `+5`.
    const value = written.startsWith('-+') ? -Number(written.slice(2)) : Number(written);
    if (!Number.isFinite(value)) throw new Malformed();
    return value;
  }

  /** Reads what follows an opening quote. Control characters are refused only before the first backslash. */
  #readString(): string {
    const text = this.#text;
    const start = this.#at;
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === 0x5c) {
        this.#at = at;
        return text.slice(start, at) + this.#readEscapedRest();
      }
      if (code < 0x20) break;
    }
    throw new Malformed();
  }

  #readEscapedRest(): string {
    const text = this.#text;
    let read = '';
    for (;;) {
      stringPartEnd.lastIndex = this.#at;
      const end = stringPartEnd.exec(text)?.index;
      if (end === undefined) throw new Malformed();
      read += text.slice(this.#at, end);
      this.#at = end + 1;
      if (text[end] === '"') return read;
      read += this.#readEscape();
    }
  }

  #readEscape(): string {
    const letter = this.#take();
    if (letter !== 'u') return simpleEscape(letter);
    const unit = this.#readHex();
    if (!isSurrogate(unit)) return String.fromCharCode(unit);
    if (this.#text[this.#at] !== '\\') return replacement;
    this.#at++;
    const nextLetter = this.#take();
    if (nextLetter !== 'u') return replacement + simpleEscape(nextLetter);
    // Whatever \u escape comes next is consumed with this one, so a pair that begins there is broken up too.
    const second = this.#readHex();
    if (unit < 0xdc00 && second >= 0xdc00 && second <= 0xdfff) return String.fromCharCode(unit, second);
    return replacement + (isSurrogate(second) ? replacement : String.fromCharCode(second));
  }

  #readHex(): number {
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!fourHexDigits.test(digits)) throw new Malformed();
    this.#at += 4;
    return Number.parseInt(digits, 16);
  }

  #expect(rest: string): void {
    if (!this.#text.startsWith(rest, this.#at)) throw new Malformed();
    this.#at += rest.length;
  }

  /** The next character that is not blank, '' at the end. */
  #next(): string {
    for (;;) {
      const character = this.#take();
      if (character !== ' ' && character !== '\t' && character !== '\n' && character !== '\r') {
        return character;
      }
    }
  }

  #take(): string {
    const character = this.#text[this.#at] ?? '';
    this.#at++;
    return character;
  }
}

function add(container: Container, key: string, value: JsonValue): void {
  if (Array.isArray(container)) {
    container.push(value);
  } else {
    container[key] = value;
  }
}

function simpleEscape(letter: string): string {
  const character = simpleEscapes[letter];
  if (character === undefined) throw new Malformed();
  return character;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

const replacement = '\ufffd';
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const fourHexDigits = /^[0-9a-fA-F]{4}$/;
const stringPartEnd = /["\\]/g;
const numberPattern =
  /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|-\+(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const maxDepth = 10_000;
