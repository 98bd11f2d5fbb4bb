import { PathNode, viewOf } from '../../go/json/path-tree.js';
import { skipBlanks, skipColon, skipString, skipValue } from '../../go/json/skip.js';
import { StringTable } from '../../go/json/string-table.js';
import { findStringStop } from '../../go/json/words.js';
import { endOfValue } from './value-end.js';

/**
 * Notes where the values of wanted paths lie in the bytes of a line, in one walk and without making a string of anything. Refuses
 * what could hide a wanted value from it: a key that stands twice, or that is written with escapes.
 */
export class SpanScanner {
  /** First byte of each value, in the order of the paths; -1 for one that is not there. */
  readonly starts: Int32Array;
  /** The index after each value. */
  readonly ends: Int32Array;
  /** How many members the value has, if it is an object that wanted paths lead into; `plain` for a string without escapes. */
  readonly sizes: Int32Array;
  readonly #root = new PathNode('');
  readonly #strings = new StringTable();
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);

  constructor(paths: readonly (readonly string[])[]) {
    this.starts = new Int32Array(paths.length);
    this.ends = new Int32Array(paths.length);
    this.sizes = new Int32Array(paths.length);
    paths.forEach((path, output) => {
      this.#root.add(path, output);
    });
  }

  /** The bytes of the last scan. */
  get view(): DataView {
    return this.#view;
  }

  /**
   * Scans one whole JSON object. False when it is none, or must not be trusted. At `end`, after it, there must be a newline, as
   * skip.ts counts on one.
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.starts.fill(-1);
    const at = skipBlanks(this.#view, start, end);
    if (this.#view.getUint8(at) !== 0x7b) return false;
    const after = this.#scanObject(this.#root, at + 1, end);
    return after >= 0 && skipBlanks(this.#view, after, end) === end;
  }

  has(output: number): boolean {
    return this.starts[output]! >= 0;
  }

  /** The string at this path; '' where there is none, or something else. */
  text(output: number): string {
    const start = this.starts[output]!;
    if (start < 0) return '';
    const end = this.ends[output]!;
    return this.sizes[output] === plain ? this.#plainText(start + 1, end - 1) : this.textBetween(start, end);
  }

  /** The string whose quotes stand at `start` and before `end`; '' where something else does. */
  textBetween(start: number, end: number): string {
    if (this.#view.getUint8(start) !== 0x22) return '';
    const isPlain = findStringStop(this.#view, start + 1, end) === end - 1;
    return isPlain ? this.#plainText(start + 1, end - 1) : decodeString(this.#bytes, start, end);
  }

  /** A number as it is written. */
  digits(output: number): string {
    const start = this.starts[output]!;
    if (start < 0) return '';
    const first = this.#view.getUint8(start);
    if (first < 0x30 || first > 0x39) return '';
    return this.#strings.get(this.#bytes, this.#view, start, this.ends[output]!) ?? '';
  }

  /** Calls `visit` with the key of each member of the object at `start`, and with where its value lies. */
  eachMember(
    start: number,
    end: number,
    visit: (key: string, valueStart: number, valueEnd: number) => void,
  ): void {
    const view = this.#view;
    let at = skipBlanks(view, start + 1, end);
    while (view.getUint8(at) === 0x22) {
      const afterKey = skipString(view, at + 1, end);
      const valueStart = skipBlanks(view, skipColon(view, afterKey, end), end);
      const valueEnd = this.#skip(valueStart, end);
      visit(this.textBetween(at, afterKey), valueStart, valueEnd);
      at = skipBlanks(view, valueEnd, end);
      if (view.getUint8(at) === 0x2c) at = skipBlanks(view, at + 1, end);
    }
  }

  #plainText(start: number, end: number): string {
    return this.#strings.get(this.#bytes, this.#view, start, end) ?? this.#bytes.toString('utf8', start, end);
  }

  /** From after the opening brace to after the closing one, or -1. */
  #scanObject(node: PathNode, start: number, end: number): number {
    const view = this.#view;
    let size = 0;
    let at = skipBlanks(view, start, end);
    if (view.getUint8(at) === 0x7d) return this.#close(node, at + 1, 0);
    for (;;) {
      if (view.getUint8(at) !== 0x22) {
        at = skipBlanks(view, at, end);
        if (view.getUint8(at) !== 0x22) return -1;
      }
      const key = at + 1;
      at = findStringStop(view, key, end);
      let child: PathNode | undefined;
      if (view.getUint8(at) === 0x22) {
        child = node.child(view, key, at);
        at++;
      } else {
        // Only the keys of annotations come from outside the API server.
        at = node === this.#root ? -1 : skipString(view, at, end);
        if (at < 0) return -1;
      }
      at = view.getUint8(at) === 0x3a ? at + 1 : skipColon(view, at, end);
      if (at < 0) return -1;
      at = child === undefined ? this.#skip(at, end) : this.#scanValue(child, at, end);
      if (at < 0) return -1;
      size++;
      let after = view.getUint8(at);
      if (after <= 0x20) {
        at = skipBlanks(view, at, end);
        after = view.getUint8(at);
      }
      at++;
      if (after === 0x7d) return this.#close(node, at, size);
      if (after !== 0x2c) return -1;
    }
  }

  #close(node: PathNode, at: number, size: number): number {
    const output = node.outputs[0];
    if (output !== undefined) this.sizes[output] = size;
    return at;
  }

  #scanValue(node: PathNode, from: number, end: number): number {
    const view = this.#view;
    const start = view.getUint8(from) <= 0x20 ? skipBlanks(view, from, end) : from;
    const output = node.outputs[0];
    if (output !== undefined) {
      if (this.starts[output]! >= 0) return -1;
      this.starts[output] = start;
      this.sizes[output] = 0;
    }
    const first = view.getUint8(start);
    if (first === 0x22 && output !== undefined) return this.#scanString(output, start, end);
    const after =
      node.hasChildren && first === 0x7b ? this.#scanObject(node, start + 1, end) : this.#skip(start, end);
    if (output !== undefined) this.ends[output] = after;
    return after;
  }

  #scanString(output: number, start: number, end: number): number {
    const stop = findStringStop(this.#view, start + 1, end);
    const isPlain = this.#view.getUint8(stop) === 0x22;
    if (isPlain) this.sizes[output] = plain;
    const after = isPlain ? stop + 1 : skipString(this.#view, stop, end);
    this.ends[output] = after;
    return after;
  }

  #skip(at: number, end: number): number {
    const after = skipValue(this.#view, at, end);
    return after >= 0 ? after : endOfValue(this.#bytes, at, end);
  }
}

const plain = -1;

/** Bytes that are not valid UTF-8, and halves of characters, become U+FFFD. */
export function decodeString(bytes: Buffer, start: number, end: number): string {
  const written = bytes.toString('utf8', start, end);
  if (!written.includes('\\')) return written.slice(1, -1);
  try {
    return (JSON.parse(written) as string).toWellFormed();
  } catch {
    return '';
  }
}
