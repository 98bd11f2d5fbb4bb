import { createHash, type Hash } from 'node:crypto';
import { ListScanner } from '../../go/json/list-scanner.js';
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

/** The list without its items: its kind and version, and metadata that is empty. */
const maxFrameLength = 4096;

/**
 * Takes an EventList apart while it arrives, so that of a body of any size no more than an item is in memory, and tells from the start
 * whether it is one.
 */
export class EventListSplitter {
  readonly #deps: EventListDeps;
  readonly #scanner = new ListScanner({
    onPiece: (chunk, from, to) => this.#addPiece(chunk.subarray(from, to)),
    onItemEnd: () => this.#endItem(),
  });
  #apiVersion = '';
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
    this.#scanner.push(chunk);
    this.#checkFrame();
  }

  /** What has arrived is all there is. Throws an EventListError when that is not a whole list; an item it broke off in is handed on before. */
  end(): void {
    if (this.#scanner.isInItems) {
      this.#endItem();
      throw new EventListError('the list of events has no end');
    }
    versionOf(this.#scanner.frame);
    if (this.#apiVersion === '') throw new EventListError("the list of events has no 'items'");
  }

  #checkFrame(): void {
    const { frame, isInItems } = this.#scanner;
    if (frame.length > maxFrameLength) throw new EventListError('not an EventList of audit.k8s.io');
    if (isInItems && this.#apiVersion === '') this.#apiVersion = versionOf(`${frame}]}`);
  }

  #addPiece(piece: Buffer): void {
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

  #endItem(): void {
    this.#checkFrame();
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
