import type { ExtractedValue } from '../../entry/extracted.js';
import { encodeJson } from './encode.js';
import { hasOddEscape } from './parse.js';
import { PathNode, viewOf } from './path-tree.js';
import { skipBlanks, skipColon, skipScalar, skipString, skipValue } from './skip.js';
import { StringTable } from './string-table.js';
import type { JsonValue } from './value.js';
import { findStringStop } from './words.js';

/**
 * Picks the values of plain paths (`user.username`) out of the bytes of a line, making no string of anything else.
 * Where it succeeds, the values are those of parseJson, the paths followed, and encodeJson.
 */
export class JsonFieldScanner {
  /** Values of the last scan that succeeded, in the order of the paths. Overwritten by the next. */
  readonly values: ExtractedValue[];
  readonly #root = new PathNode('');
  readonly #strings = new StringTable();
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);

  constructor(paths: readonly (readonly string[])[]) {
    this.values = paths.map(() => null);
    paths.forEach((path, output) => {
      this.#root.add(path, output);
    });
  }

  /**
   * Scans `bytes` from `start` to `end`, one whole line. False when the line is malformed, or odd in a way that is
   * left to parseJson to judge.
   */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[end] !== 0x0a) return this.#scanCopy(bytes, start, end);
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.#clear(this.#root);
    const view = this.#view;
    const at = skipBlanks(view, start, end);
    if (view.getUint8(at) !== 0x7b) return false;
    const after = this.#scanObject(this.#root, view, at + 1, end);
    return after >= 0 && skipBlanks(view, after, end) === end;
  }

  /** For a line without a newline after it: the functions of skip.ts count on one. */
  #scanCopy(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    const copy = Buffer.allocUnsafe(length + 1);
    bytes.copy(copy, 0, start, end);
    copy[length] = 0x0a;
    return this.scan(copy, 0, length);
  }

  #clear(node: PathNode): void {
    const outputs = node.outputsWithin;
    for (let index = 0; index < outputs.length; index++) {
      this.values[outputs[index]!] = null;
    }
  }

  /** From after the opening brace to after the closing one, or -1: as the functions of skip.ts. */
  #scanObject(node: PathNode, view: DataView, start: number, end: number): number {
    let at = skipBlanks(view, start, end);
    if (view.getUint8(at) === 0x7d) return at + 1;
    for (;;) {
      if (view.getUint8(at) !== 0x22) {
        at = skipBlanks(view, at, end);
        if (view.getUint8(at) !== 0x22) return -1;
      }
      const key = at + 1;
      at = findStringStop(view, key, end);
      // A key with escapes could be a wanted one in disguise.
      if (view.getUint8(at) !== 0x22) return -1;
      const child = node.child(view, key, at);
      at = view.getUint8(at + 1) === 0x3a ? at + 2 : skipColon(view, at + 1, end);
      if (at < 0) return -1;
      at = child === undefined ? skipValue(view, at, end) : this.#scanValue(child, view, at, end);
      if (at < 0) return -1;
      let after = view.getUint8(at);
      if (after <= 0x20) {
        at = skipBlanks(view, at, end);
        after = view.getUint8(at);
      }
      at++;
      if (after === 0x7d) return at;
      if (after !== 0x2c) return -1;
    }
  }

  #scanValue(node: PathNode, view: DataView, start: number, end: number): number {
    const at = skipBlanks(view, start, end);
    // The key may have come before: the last one wins, and what was in the first is gone.
    if (node.hasChildren) this.#clear(node);
    switch (view.getUint8(at)) {
      case 0x22:
        return this.#scanString(node, view, at, end);
      case 0x7b:
      case 0x5b:
        return this.#scanContainer(node, view, at, end);
      default:
        return this.#scanScalar(node, view, at);
    }
  }

  #scanString(node: PathNode, view: DataView, at: number, end: number): number {
    const stop = findStringStop(view, at + 1, end);
    if (view.getUint8(stop) === 0x22) {
      const value = this.#strings.get(this.#bytes, view, at + 1, stop) ?? decode(this.#bytes, at + 1, stop);
      if (value === undefined) return -1;
      this.#put(node, value);
      return stop + 1;
    }
    const after = skipString(view, at + 1, end);
    if (after < 0) return -1;
    const written = decode(this.#bytes, at, after);
    if (written === undefined || hasOddEscape(written)) return -1;
    this.#put(node, JSON.parse(written) as string);
    return after;
  }

  #scanContainer(node: PathNode, view: DataView, at: number, end: number): number {
    const after =
      node.hasChildren && view.getUint8(at) === 0x7b
        ? this.#scanObject(node, view, at + 1, end)
        : skipValue(view, at, end);
    if (after < 0 || node.outputs.length === 0) return after;
    const written = decode(this.#bytes, at, after);
    if (written === undefined || hasOddEscape(written)) return -1;
    this.#put(node, encodeJson(JSON.parse(written) as JsonValue));
    return after;
  }

  #scanScalar(node: PathNode, view: DataView, at: number): number {
    const after = skipScalar(view, at);
    if (after < 0) return -1;
    switch (view.getUint8(at)) {
      case 0x74:
        this.#put(node, true);
        break;
      case 0x66:
        this.#put(node, false);
        break;
      case 0x6e:
        this.#put(node, null);
        break;
      default:
        this.#put(node, readNumber(this.#bytes, at, after));
    }
    return after;
  }

  #put(node: PathNode, value: ExtractedValue): void {
    const outputs = node.outputs;
    for (let index = 0; index < outputs.length; index++) {
      this.values[outputs[index]!] = value;
    }
  }
}

/** The bytes are a number that skipScalar has passed. */
function readNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > 15) return Number(bytes.toString('latin1', start, end));
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    // A sign or a point.
    if (digit < 0) return Number(bytes.toString('latin1', start, end));
    value = value * 10 + digit;
  }
  return value;
}

/** Undefined if the bytes are not valid UTF-8, or hold what stands for such bytes. */
function decode(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\ufffd') ? undefined : text;
}
