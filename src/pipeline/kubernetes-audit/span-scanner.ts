import { viewOf } from '../../go/json/bytes-view.js';
import { skipBlanks, skipColon, skipString, skipValue } from '../../go/json/skip.js';
import { StringTable } from '../../go/json/string-table.js';
import { JsonWalker, kinds, type Marker } from '../../go/json/walker.js';
import { wantedPaths } from '../../go/json/wanted-paths.js';
import { findStringStop } from '../../go/json/words.js';
import { endOfValue } from './value-end.js';

/**
 * Tells where the values of wanted paths lie in the bytes of a line. Refuses what could hide a wanted value from it: a key that stands
 * twice, or that is written with escapes.
 */
export class SpanScanner {
  readonly #walker: JsonWalker;
  /** The output of the walker for each path. */
  readonly #outputs: readonly number[];
  readonly #strings = new StringTable();
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);

  /** No path may be there twice. `combined`: the paths that `findCombination` is about. */
  constructor(paths: readonly (readonly string[])[], combined: readonly number[]) {
    const wanted = wantedPaths(paths);
    this.#walker = new JsonWalker(wanted, true);
    this.#outputs = paths.map((_, path) => wanted.pathsOf.findIndex((those) => those.includes(path)));
    this.#walker.combine(combined.map((path) => this.#outputs[path]!));
  }

  /** The bytes of the last scan. */
  get view(): DataView {
    return this.#view;
  }

  /** Scans one whole JSON object. False when it is none, or must not be trusted. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    return this.#walker.scan(bytes, start, end);
  }

  has(path: number): boolean {
    return this.#walker.kindOf(this.#outputs[path]!) !== kinds.nothing;
  }

  /** The first byte of the value; -1 when there is none. */
  startOf(path: number): number {
    const output = this.#outputs[path]!;
    return this.#walker.kindOf(output) === kinds.nothing ? -1 : this.#walker.startOf(output);
  }

  /** The index after the value. */
  endOf(path: number): number {
    return this.#walker.endOf(this.#outputs[path]!);
  }

  /** How many members the value has, if it is an object that wanted paths lead into. */
  sizeOf(path: number): number {
    return this.#walker.sizeOf(this.#outputs[path]!);
  }

  /** The string at this path; '' where there is none, or something else. */
  text(path: number): string {
    const walker = this.#walker;
    const output = this.#outputs[path]!;
    const text = walker.textOf(output);
    if (text !== undefined) return text;
    const kind = walker.kindOf(output);
    if (kind !== kinds.text && kind !== kinds.escaped) return '';
    return decodeString(this.#bytes, walker.startOf(output), walker.endOf(output));
  }

  /** Whether there is a string that is written without escapes. */
  isPlainString(path: number): boolean {
    const kind = this.#walker.kindOf(this.#outputs[path]!);
    return kind === kinds.unread || (kind >= kinds.known && kind <= kinds.text);
  }

  /** A number as it is written. */
  digits(path: number): string {
    const output = this.#outputs[path]!;
    if (this.#walker.kindOf(output) !== kinds.number) return '';
    const start = this.#walker.startOf(output);
    if (this.#bytes[start] === minus) return '';
    return this.#strings.get(this.#bytes, this.#view, start, this.#walker.endOf(output))!;
  }

  /** The string whose quotes stand at `start` and before `end`; '' where something else does. */
  textBetween(start: number, end: number): string {
    if (this.#view.getUint8(start) !== quote) return '';
    const isPlain = findStringStop(this.#view, start + 1, end) === end - 1;
    const text = isPlain ? this.#strings.get(this.#bytes, this.#view, start + 1, end - 1) : undefined;
    return text ?? decodeString(this.#bytes, start, end);
  }

  /** Calls `visit` with the key of each member of the object at `start`, and with where its value lies. */
  eachMember(
    start: number,
    end: number,
    visit: (key: string, valueStart: number, valueEnd: number) => void,
  ): void {
    const view = this.#view;
    let at = skipBlanks(view, start + 1, end);
    while (view.getUint8(at) === quote) {
      const afterKey = skipString(view, at + 1, end);
      const valueStart = skipBlanks(view, skipColon(view, afterKey, end), end);
      const skipped = skipValue(view, valueStart, end);
      const valueEnd = skipped >= 0 ? skipped : endOfValue(this.#bytes, valueStart, end);
      visit(this.textBetween(at, afterKey), valueStart, valueEnd);
      at = skipBlanks(view, valueEnd, end);
      if (view.getUint8(at) === comma) at = skipBlanks(view, at + 1, end);
    }
  }

  /** This and what follows: see `JsonWalker`. */
  findCombination(): number {
    return this.#walker.findCombination();
  }

  addMarkers(markers: readonly Marker[]): void {
    for (const marker of markers) this.#walker.addMarker(marker);
  }

  findMarkers(start: number, end: number): number {
    return this.#walker.findMarkers(start, end);
  }

  trustName(start: number, end: number): void {
    this.#walker.trustName(start, end);
  }

  hasTrustedNames(start: number, end: number): boolean {
    return this.#walker.hasTrustedNames(start, end);
  }
}

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;

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
