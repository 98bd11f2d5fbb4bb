import { createHash } from 'node:crypto';
import { type AuditEvent, type EventPart, part } from './audit-event.js';
import type { Edits } from './edits.js';
import { type TopMember, topMembers } from './top-members.js';

/** A line that was too long, as JSON that is not. */
export interface CutLine {
  readonly bytes: Buffer;
  /** What is missing from it, or shorter. */
  readonly parts: readonly string[];
}

/** The key under which a cut line tells so. */
const marker = 'auditail';
/** What a text is never shortened below: it should still be told from others. */
const minTextBytes = 256;
/** Of a part's name: all that an API server writes are shorter. */
const maxNameLength = 64;
/** An event has a third more parts than this; who puts more into a line shall not choose how long the marker gets. */
const maxTold = 16;
const texts = ['requestURI', 'userAgent', 'auditID'];

const none: readonly EventPart[] = [];

/** The bodies that cannot stay: without them the line may fit. Told before they are redacted, so that they need not be. */
export function bodiesToCut(event: AuditEvent, maxBytes: number): readonly EventPart[] {
  let size = event.end - event.start;
  if (size <= maxBytes) return none;
  const cut: EventPart[] = [];
  for (const body of [part.responseObject, part.requestObject]) {
    if (size <= maxBytes) break;
    if (!event.has(body)) continue;
    size -= event.endOf(body) - event.startOf(body);
    cut.push(body);
  }
  return cut;
}

/**
 * The event cut to fit: without its bodies, then with shorter texts, at last without its largest parts. It stays JSON, and tells what
 * is missing, how long the line was, and its SHA-256, by which it can be found in the file.
 */
export function cutToSize(event: AuditEvent, edits: Edits, maxBytes: number): CutLine {
  const { bytes, start, end } = event;
  const cut = new Cut(bytes.subarray(start, end), maxBytes);
  for (const member of topMembers(bytes, start, end)) {
    if (member.key !== marker) cut.add(member, edits.apply(bytes, member.start, member.end));
  }
  for (const key of ['responseObject', 'requestObject']) cut.drop(key);
  for (const key of texts) cut.shorten(key);
  cut.dropLargest();
  return cut.finish();
}

interface Piece {
  readonly key: string;
  /** Key and value, as they will be written. */
  written: Buffer;
  readonly valueOffset: number;
}

class Cut {
  readonly #length: number;
  readonly #sha256: string;
  readonly #maxBytes: number;
  readonly #parts: string[] = [];
  #pieces: Piece[] = [];
  #piecesSize = 0;

  constructor(original: Buffer, maxBytes: number) {
    this.#length = original.length;
    this.#sha256 = createHash('sha256').update(original).digest('hex');
    this.#maxBytes = maxBytes;
  }

  add({ key, start, valueStart }: TopMember, written: Buffer): void {
    this.#pieces.push({ key, written, valueOffset: valueStart - start });
    this.#piecesSize += written.length + 1;
  }

  drop(key: string): void {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece !== undefined && this.#excess() > 0) this.#dropAll(new Set([piece]));
  }

  shorten(key: string): void {
    const piece = this.#pieces.find((each) => each.key === key);
    if (piece === undefined || this.#excess() <= 0 || piece.written[piece.valueOffset] !== quote) return;
    const text = piece.written.subarray(piece.valueOffset + 1, piece.written.length - 1);
    if (text.length <= minTextBytes) return;
    this.#tell(key);
    const kept = text.subarray(0, endOfWhole(text, Math.max(minTextBytes, text.length - this.#excess())));
    piece.written = Buffer.concat([piece.written.subarray(0, piece.valueOffset + 1), kept, closing]);
    this.#piecesSize -= text.length - kept.length;
  }

  dropLargest(): void {
    const bySize = this.#pieces.toSorted((a, b) => b.written.length - a.written.length);
    const dropped = new Set<Piece>();
    let excess = this.#excess() + (this.#excess() > 0 ? maxTold * (maxNameLength + 3) : 0);
    for (const piece of bySize) {
      if (excess <= 0) break;
      dropped.add(piece);
      excess -= piece.written.length + 1;
    }
    this.#dropAll(dropped);
  }

  finish(): CutLine {
    const written = [...this.#pieces.map((piece) => piece.written), Buffer.from(this.#markerText())];
    const separated = written.flatMap((each, index) => (index === 0 ? [each] : [comma, each]));
    return { bytes: Buffer.concat([Buffer.from('{'), ...separated, Buffer.from('}')]), parts: this.#parts };
  }

  #dropAll(dropped: ReadonlySet<Piece>): void {
    for (const { key, written } of dropped) {
      this.#tell(key);
      this.#piecesSize -= written.length + 1;
    }
    this.#pieces = this.#pieces.filter((piece) => !dropped.has(piece));
  }

  #tell(key: string): void {
    const name = key.slice(0, maxNameLength);
    if (this.#parts.length < maxTold && !this.#parts.includes(name)) this.#parts.push(name);
  }

  /** How many bytes too long the line would be now. */
  #excess(): number {
    return 2 + this.#piecesSize + Buffer.byteLength(this.#markerText()) - this.#maxBytes;
  }

  #markerText(): string {
    const told = { cut: this.#parts, length: this.#length, sha256: this.#sha256 };
    return `"${marker}":${JSON.stringify(told)}`;
  }
}

const quote = 0x22;
const closing = Buffer.from('"');
const comma = Buffer.from(',');

/** The last place at or before `most` that is within neither an escape nor a character. */
function endOfWhole(text: Buffer, most: number): number {
  let at = 0;
  while (at < text.length) {
    const next = at + lengthAt(text, at);
    if (next > most) return at;
    at = next;
  }
  return at;
}

function lengthAt(text: Buffer, at: number): number {
  const byte = text[at]!;
  if (byte === 0x5c) {
    if (text[at + 1] !== 0x75) return 2;
    const isHalf = /^\\u[dD][89abAB]../.test(text.toString('latin1', at, at + 6));
    return isHalf && text[at + 6] === 0x5c && text[at + 7] === 0x75 ? 12 : 6;
  }
  if (byte < 0xc0) return 1;
  return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}
