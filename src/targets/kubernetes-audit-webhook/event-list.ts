import { createHash, type Hash } from 'node:crypto';
import type { Digest } from '../../quarantine/quarantine.js';

/** The body is no EventList, or not a whole one. */
export class EventListError extends Error {
  override readonly name = 'EventListError';
}

export interface EventListDeps {
  /** Longer items are not kept in memory. */
  readonly maxItemBytes: number;
  /** Is given each item as it stands in the list. */
  onItem(bytes: Buffer): void;
  /** Is given the beginning of an item that is too long. */
  onLongItem(beginning: Buffer, whole: Digest): void;
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** The list without its items: its kind and version, and metadata that is empty. */
const maxFrameLength = 4096;
/** Of the list, and of the array of its items. */
const itemsDepth = 2;

/**
 * Takes an EventList apart while it arrives, so that of a body of any size no more than an item is in memory. It looks at brackets and
 * strings only: what stands between two commas is an item, be it an event or not, and one that is wrong costs its neighbours nothing.
 */
export class EventListSplitter {
  readonly #deps: EventListDeps;
  /** The list without its items. */
  #frame = '';
  #apiVersion = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInItems = false;
  /** The item that is not at its end. */
  #pieces: Buffer[] = [];
  #length = 0;
  /** Set once the item is too long. */
  #hash: Hash | undefined;

  constructor(deps: EventListDeps) {
    this.#deps = deps;
  }

  /** As the list says it. Known when its first item is. */
  get apiVersion(): string {
    return this.#apiVersion;
  }

  /** What of the item that is not at its end is in memory. */
  get heldBytes(): number {
    return Math.min(this.#length, this.#deps.maxItemBytes);
  }

  /** Throws an EventListError as soon as it is clear that this is none. */
  push(chunk: Buffer): void {
    /** Where in this chunk begins what is not handed on yet: of an item, or of the frame. */
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) this.#isInString = false;
      } else if (byte === quote) {
        this.#isInString = true;
      } else if (byte === openBrace || byte === openBracket) {
        this.#depth++;
        if (this.#depth !== itemsDepth || byte !== openBracket) continue;
        this.#addFrame(chunk, from, at + 1);
        from = at + 1;
        this.#isInItems = /"items"\s*:\s*\[$/.test(this.#frame);
        if (this.#isInItems) this.#apiVersion = versionOf(`${this.#frame}]}`);
      } else if (this.#isInItems && this.#depth === itemsDepth) {
        if (byte !== comma && byte !== closeBracket) continue;
        this.#endItem(chunk, from, at);
        from = at + 1;
        if (byte === comma) continue;
        this.#isInItems = false;
        this.#depth--;
        from = at;
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth--;
      }
    }
    if (this.#isInItems) this.#addPiece(chunk, from, chunk.length);
    else this.#addFrame(chunk, from, chunk.length);
  }

  /** What has arrived is all there is. Throws an EventListError when that is not a whole list; an item it broke off in is handed on before. */
  end(): void {
    const isCut = this.#isInItems;
    if (isCut) this.#endItem(Buffer.alloc(0), 0, 0);
    if (isCut) throw new EventListError('the list of events has no end');
    versionOf(this.#frame);
    if (this.#apiVersion === '') throw new EventListError("the list of events has no 'items'");
  }

  #addFrame(chunk: Buffer, from: number, to: number): void {
    this.#frame += chunk.toString('latin1', from, to);
    if (this.#frame.length > maxFrameLength) throw new EventListError('not an EventList of audit.k8s.io');
  }

  #addPiece(chunk: Buffer, from: number, to: number): void {
    if (from === to) return;
    const piece = chunk.subarray(from, to);
    this.#length += piece.length;
    if (this.#hash !== undefined) {
      this.#hash.update(piece);
      return;
    }
    this.#pieces.push(piece);
    if (this.#length <= this.#deps.maxItemBytes) return;
    this.#hash = createHash('sha256');
    for (const each of this.#pieces) this.#hash.update(each);
  }

  #endItem(chunk: Buffer, from: number, to: number): void {
    this.#addPiece(chunk, from, to);
    const bytes = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    const hash = this.#hash;
    const length = this.#length;
    this.#pieces = [];
    this.#length = 0;
    this.#hash = undefined;
    if (hash !== undefined) {
      const beginning = bytes.subarray(0, this.#deps.maxItemBytes);
      this.#deps.onLongItem(beginning, { length, sha256: hash.digest('hex') });
      return;
    }
    const item = trim(bytes);
    if (item.length > 0) this.#deps.onItem(item);
  }
}

/** The version of the list, if it is an EventList; its kind stands in front, as Go writes it. Throws an EventListError when it is not. */
function versionOf(frame: string): string {
  let list: { kind?: unknown; apiVersion?: unknown };
  try {
    list = Object(JSON.parse(frame));
  } catch (cause) {
    throw new EventListError('the body is not JSON', { cause });
  }
  const { kind, apiVersion } = list;
  if (kind !== 'EventList' || typeof apiVersion !== 'string' || !/^audit\.k8s\.io\/\w+$/.test(apiVersion))
    throw new EventListError('not an EventList of audit.k8s.io');
  return apiVersion;
}

function trim(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start]!)) start++;
  while (start < end && isBlank(bytes[end - 1]!)) end--;
  return bytes.subarray(start, end);
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
