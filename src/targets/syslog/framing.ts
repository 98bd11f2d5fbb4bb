import { Buffer } from 'node:buffer';

/** What comes is no syslog, or it cannot be told where the next message begins. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/** Takes a stream apart into messages, which it appends to the list it is given. */
export interface Framing {
  /** Those that are complete with this chunk. Throws a FramingError when it can no longer tell them apart. */
  add(chunk: Buffer, messages: Buffer[]): void;
  /** What can be taken for complete, as nothing has followed for a while. */
  pause(messages: Buffer[]): void;
  /** What there is, as nothing follows any more. */
  end(messages: Buffer[]): void;
}

export interface FramingLimits {
  readonly maxMessageBytes: number;
  /** A message was cut to that. */
  readonly onCut: () => void;
}

const newline = 0x0a;
const blank = 0x20;
const lessThan = 0x3c;
const digitZero = 0x30;
const digitNine = 0x39;
const nothing = Buffer.alloc(0);

/** The first byte tells which framing it is. Throws a FramingError when it is none. */
export function framingFor(firstByte: number, limits: FramingLimits): Framing {
  if (firstByte === lessThan) return new NewlineFraming(limits);
  if (firstByte >= digitZero && firstByte <= digitNine) return new OctetCounting(limits);
  throw new FramingError(`invalid or unsupported framing. first byte: ${printByte(firstByte)}`);
}

/** Promtail sets no limit here; a message without end may not fill the memory. */
const maxNewlineBytes = 1024 * 1024;

/** A message ends where a newline is followed by `<`, so that one may have several lines. */
class NewlineFraming implements Framing {
  readonly #maxBytes: number;
  readonly #onCut: () => void;
  #rest: Buffer = nothing;
  /** Up to here there is no end. */
  #searched = 0;
  /** A message was cut: the rest of it is not wanted. */
  #isSkipping = false;

  constructor({ maxMessageBytes, onCut }: FramingLimits) {
    this.#maxBytes = Math.max(maxNewlineBytes, maxMessageBytes);
    this.#onCut = onCut;
  }

  add(chunk: Buffer, messages: Buffer[]): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    let at = bytes.indexOf(newline, this.#searched);
    while (at >= 0 && at + 1 < bytes.length) {
      if (bytes[at + 1] === lessThan) {
        this.#take(bytes.subarray(start, at), messages);
        start = at + 1;
      }
      at = bytes.indexOf(newline, at + 1);
    }
    this.#rest = bytes.subarray(start);
    this.#searched = at < 0 ? this.#rest.length : at - start;
    if (this.#rest.length > this.#maxBytes) this.#cut(messages);
  }

  pause(messages: Buffer[]): void {
    if (this.#rest.at(-1) === newline) this.end(messages);
  }

  end(messages: Buffer[]): void {
    const end = this.#rest.at(-1) === newline ? this.#rest.length - 1 : this.#rest.length;
    this.#take(this.#rest.subarray(0, end), messages);
    this.#rest = nothing;
    this.#searched = 0;
  }

  #take(message: Buffer, messages: Buffer[]): void {
    if (message.length > 0 && !this.#isSkipping) messages.push(message);
    this.#isSkipping = false;
  }

  #cut(messages: Buffer[]): void {
    if (!this.#isSkipping) {
      this.#onCut();
      messages.push(this.#rest.subarray(0, this.#maxBytes));
      this.#isSkipping = true;
    }
    // The last byte may be the newline that ends it.
    this.#rest = this.#rest.subarray(this.#rest.length - 1);
    this.#searched = 0;
  }
}

/** A length of more digits than this is none. */
const maxDigits = 9;

/** `18 <34>1 …`: the length of a message stands in front of it. Newlines between messages are skipped. */
class OctetCounting implements Framing {
  readonly #limits: FramingLimits;
  #rest: Buffer = nothing;
  /** So many bytes are what was cut off a message. */
  #skip = 0;

  constructor(limits: FramingLimits) {
    this.#limits = limits;
  }

  add(chunk: Buffer, messages: Buffer[]): void {
    const { maxMessageBytes, onCut } = this.#limits;
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = nothing;
    for (;;) {
      bytes = this.#withoutSkipped(bytes);
      const length = readLength(bytes);
      const kept = Math.min(length?.value ?? 0, maxMessageBytes);
      if (length === undefined || bytes.length < length.end + kept) break;
      if (kept > 0) messages.push(bytes.subarray(length.end, length.end + kept));
      this.#skip = length.value - kept;
      if (this.#skip > 0) onCut();
      bytes = bytes.subarray(length.end + kept);
    }
    this.#rest = bytes;
  }

  pause(): void {}

  /** A message that is shorter than its length said is used as it is. */
  end(messages: Buffer[]): void {
    const message = this.#rest.subarray(readLength(this.#rest)?.end ?? this.#rest.length);
    if (message.length > 0) messages.push(message);
    this.#rest = nothing;
  }

  #withoutSkipped(bytes: Buffer): Buffer {
    let at = Math.min(this.#skip, bytes.length);
    this.#skip -= at;
    while (bytes[at] === newline) at += 1;
    return bytes.subarray(at);
  }
}

/** Undefined when it is not all there. */
function readLength(bytes: Buffer): { value: number; end: number } | undefined {
  let at = 0;
  while (at < bytes.length && bytes[at]! >= digitZero && bytes[at]! <= digitNine) at += 1;
  if (at > maxDigits) throw new FramingError('the length of a message has too many digits');
  if (at === bytes.length) return undefined;
  if (at > 0 && bytes[at] === blank) return { value: Number(bytes.toString('latin1', 0, at)), end: at + 1 };
  throw new FramingError(`found ${printByte(bytes[at]!)}, expecting the length of a message`);
}

function printByte(byte: number): string {
  return JSON.stringify(String.fromCharCode(byte));
}
