import { decodeText } from '../../entry/text.js';

/** One entry of the journal. */
export interface JournalEntry {
  readonly cursor: string;
  /** When journald took it: microseconds since 1970. */
  readonly realtimeMicros: string;
  /** All but those that tell where it stands, whose names begin with two underscores. Of a field that is there twice, the last. */
  readonly fields: ReadonlyMap<string, string>;
}

const newline = 0x0a;
const equals = 0x3d;
const sizeLength = 8;

/**
 * Reads what `journalctl --output=export` writes: a field a line, `NAME=value`, and an empty line behind each entry. A value that holds a
 * newline or other control characters follows its name on the next line, after its length in eight bytes.
 */
export class ExportReader {
  #chunks: Buffer[] = [];
  #length = 0;
  /** So many bytes are needed before it is worth while to look again. */
  #needed = 1;

  /** The entries that are complete now. */
  read(chunk: Buffer): JournalEntry[] {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length < this.#needed) return [];
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const entries: JournalEntry[] = [];
    let at = 0;
    let next = readEntry(bytes, at);
    for (; 'end' in next; next = readEntry(bytes, at)) {
      at = next.end;
      if (next.entry !== undefined) entries.push(next.entry);
    }
    const rest = bytes.subarray(at);
    this.#chunks = [rest];
    this.#length = rest.length;
    this.#needed = next.needed - at;
    return entries;
  }
}

type Next =
  | { readonly entry: JournalEntry | undefined; readonly end: number }
  /** It is not all there: not before the bytes reach up to here. */
  | { readonly needed: number };

function readEntry(bytes: Buffer, start: number): Next {
  const fields = new Map<string, string>();
  const place = new Map<string, string>();
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf(newline, at);
    if (lineEnd < 0) return { needed: bytes.length + 1 };
    if (lineEnd === at) return { entry: toEntry(fields, place), end: at + 1 };
    const nameEnd = bytes.subarray(at, lineEnd).indexOf(equals);
    const name = bytes.toString('latin1', at, nameEnd < 0 ? lineEnd : at + nameEnd);
    let valueStart = at + nameEnd + 1;
    let valueEnd = lineEnd;
    if (nameEnd < 0) {
      valueStart = lineEnd + 1 + sizeLength;
      if (valueStart > bytes.length) return { needed: valueStart };
      valueEnd = valueStart + Number(bytes.readBigUInt64LE(lineEnd + 1));
      if (valueEnd >= bytes.length) return { needed: valueEnd + 1 };
    }
    (name.startsWith('__') ? place : fields).set(name, decodeText(bytes, valueStart, valueEnd));
    at = valueEnd + 1;
  }
}

function toEntry(
  fields: ReadonlyMap<string, string>,
  place: ReadonlyMap<string, string>,
): JournalEntry | undefined {
  const cursor = place.get('__CURSOR');
  const realtimeMicros = place.get('__REALTIME_TIMESTAMP');
  if (cursor === undefined || realtimeMicros === undefined) return undefined;
  return { cursor, realtimeMicros, fields };
}

/** When the entry of a cursor was taken, in milliseconds since 1970; undefined when it does not say. */
export function cursorTimeMs(cursor: string): number | undefined {
  const micros = /(?:^|;)t=([0-9a-f]+)/.exec(cursor)?.[1];
  return micros === undefined ? undefined : Number.parseInt(micros, 16) / 1000;
}
