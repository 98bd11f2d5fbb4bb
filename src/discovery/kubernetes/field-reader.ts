import { skipBlanks, skipColon, skipScalar, skipString, skipValue } from '../../go/json/skip.js';
import { StringTable } from '../../go/json/string-table.js';

/** `true` keeps all of a value; fields keep these of an object, or of each object in a list. */
export type Mask = true | { readonly [field: string]: Mask };

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Reads the wanted fields of JSON objects, and makes nothing of the rest. Of a pod that is a fifth: reading it whole and throwing away
 * the rest took three times the memory while ten thousand were listed. Texts that come again and again are one string.
 */
export class FieldReader {
  readonly #strings = new StringTable();
  #bytes: Buffer = Buffer.alloc(0);
  #view = new DataView<ArrayBufferLike>(new ArrayBuffer(0));
  #at = 0;
  #end = 0;

  /** The object in `bytes` up to `end`, where a newline has to stand. Throws a SyntaxError when it is not one. */
  read(bytes: Buffer, end: number, mask: Mask): unknown {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    this.#at = 0;
    this.#end = end;
    const value = this.#value(mask);
    if (skipBlanks(this.#view, this.#at, end) !== end) this.#fail();
    return value;
  }

  #value(mask: Mask): unknown {
    const first = this.#peek();
    if (first === openBrace) return this.#object(mask);
    if (first === openBracket) return this.#list(mask);
    if (first === quote) return this.#string();
    const start = this.#at;
    this.#moveTo(skipScalar(this.#view, start));
    return JSON.parse(this.#bytes.toString('latin1', start, this.#at));
  }

  #object(mask: Mask): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at++;
    if (this.#takes(closeBrace)) return object;
    do {
      if (this.#peek() !== quote) this.#fail();
      const name = this.#string();
      this.#moveTo(skipColon(this.#view, this.#at, this.#end));
      const wanted = mask === true || mask[name];
      if (wanted === undefined) {
        this.#moveTo(skipValue(this.#view, this.#at, this.#end));
        continue;
      }
      const value = this.#value(wanted);
      // In Go null leaves a field as it is.
      if (value !== null) object[name] = value;
    } while (this.#takes(comma));
    if (!this.#takes(closeBrace)) this.#fail();
    return object;
  }

  #list(mask: Mask): unknown[] {
    const list: unknown[] = [];
    this.#at++;
    if (this.#takes(closeBracket)) return list;
    do list.push(this.#value(mask));
    while (this.#takes(comma));
    if (!this.#takes(closeBracket)) this.#fail();
    return list;
  }

  #string(): string {
    const start = this.#at + 1;
    this.#moveTo(skipString(this.#view, start, this.#end));
    const end = this.#at - 1;
    const known = this.#strings.get(this.#bytes, this.#view, start, end);
    if (known !== undefined && !known.includes('\\')) return known;
    return JSON.parse(this.#bytes.toString('utf8', start - 1, end + 1)) as string;
  }

  /** The byte that comes next, after blanks. */
  #peek(): number {
    this.#at = skipBlanks(this.#view, this.#at, this.#end);
    return this.#view.getUint8(this.#at);
  }

  #takes(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  #moveTo(at: number): void {
    if (at < 0) this.#fail();
    this.#at = at;
  }

  #fail(): never {
    throw new SyntaxError(`the Kubernetes API sent JSON that cannot be read, near byte ${this.#at}`);
  }
}
