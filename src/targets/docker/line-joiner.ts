import { utc } from '../../go/time/location.js';
import { readRfc3339 } from '../../go/time/rfc3339.js';
import type { Frame, StreamName } from './frames.js';

/** A line of a container, without its newline. */
export interface ContainerLine {
  readonly stream: StreamName;
  readonly seconds: number;
  readonly nanos: number;
  readonly bytes: Buffer;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
/** Longer than any time that Docker writes. */
const longestTime = 40;

/** Puts the frames of one stream together to lines. Parts of a line have one time, and all but the last lack a newline. */
export class LineJoiner {
  readonly #stream: StreamName;
  readonly #maxBytes: number;
  readonly #onSkipped: () => void;
  #parts: Buffer[] = [];
  #length = 0;
  #seconds = 0;
  #nanos = 0;

  /** `onSkipped` is called for a frame that has no time. Lines longer than `maxBytes` come in pieces. */
  constructor(stream: StreamName, maxBytes: number, onSkipped: () => void) {
    this.#stream = stream;
    this.#maxBytes = maxBytes;
    this.#onSkipped = onSkipped;
  }

  /** Whether the beginning of a line is waiting for its end. */
  get isOpen(): boolean {
    return this.#length > 0;
  }

  /** Adds the lines that are complete with this frame. */
  take({ bytes }: Frame, lines: ContainerLine[]): void {
    const time = readTime(bytes);
    if (time === undefined && !this.isOpen) {
      this.#onSkipped();
      return;
    }
    const isOther = time !== undefined && (time.seconds !== this.#seconds || time.nanos !== this.#nanos);
    if (isOther) {
      this.end(lines);
      this.#seconds = time.seconds;
      this.#nanos = time.nanos;
    }
    const start = time?.end ?? 0;
    const isEnd = bytes[bytes.length - 1] === newline;
    const payload = bytes.subarray(start, trimmedEnd(bytes, start));
    if (isEnd || this.#length + payload.length >= this.#maxBytes) this.#finish(payload, lines);
    else this.#keep(payload);
  }

  /** The log is over: what is there of a line is the line. */
  end(lines: ContainerLine[]): void {
    if (this.isOpen) this.#finish(Buffer.alloc(0), lines);
  }

  #finish(last: Buffer, lines: ContainerLine[]): void {
    const bytes = this.isOpen ? Buffer.concat([...this.#parts, last]) : last;
    lines.push({ stream: this.#stream, seconds: this.#seconds, nanos: this.#nanos, bytes });
    this.#parts = [];
    this.#length = 0;
  }

  /** As a copy, which is all that stays of the chunk. */
  #keep(payload: Buffer): void {
    if (payload.length === 0) return;
    this.#parts.push(Buffer.from(payload));
    this.#length += payload.length;
  }
}

function readTime(bytes: Buffer): { seconds: number; nanos: number; end: number } | undefined {
  const length = bytes.subarray(0, longestTime).indexOf(blank);
  const time = length < 0 ? undefined : readRfc3339(bytes.toString('latin1', 0, length), utc);
  return time && { seconds: time.seconds, nanos: time.nanos, end: length + 1 };
}

function trimmedEnd(bytes: Buffer, start: number): number {
  let end = bytes.length;
  while (end > start && (bytes[end - 1] === newline || bytes[end - 1] === carriageReturn)) end--;
  return end;
}
