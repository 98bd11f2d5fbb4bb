import { Buffer } from 'node:buffer';

/** Bytes that cannot be a message, or a part of one. */
export class GelfError extends Error {
  override readonly name = 'GelfError';
}

const magic = 0x1e0f;
const headerBytes = 12;
const maxChunks = 128;
/** All parts of a message come within this time, or it is given up. */
const maxAgeMs = 5000;
/** What parts of messages may take of the memory. */
const maxHeldBytes = 16 * 1024 * 1024;

interface Incomplete {
  readonly startedAtMs: number;
  readonly parts: (Buffer | undefined)[];
  missing: number;
  bytes: number;
}

/** Puts messages together that were sent in several datagrams. */
export class Chunks {
  readonly #onGivenUp: (messages: number) => void;
  /** The oldest first. */
  readonly #incomplete = new Map<string, Incomplete>();
  #heldBytes = 0;

  /** `onGivenUp` is told of messages that will never be complete. */
  constructor(onGivenUp: (messages: number) => void) {
    this.#onGivenUp = onGivenUp;
  }

  /** A whole message; undefined when this is a part of one that is not complete. Throws a GelfError. */
  add(datagram: Buffer, sender: string, nowMs: number): Buffer | undefined {
    this.giveUp(nowMs - maxAgeMs);
    if (datagram.length < 2 || datagram.readUInt16BE(0) !== magic) return datagram;
    if (datagram.length <= headerBytes) throw new GelfError('a part of a message that is too short');
    const index = datagram[10]!;
    const count = datagram[11]!;
    if (index >= count) throw new GelfError(`part ${index} of a message of ${count}`);
    if (count > maxChunks) throw new GelfError(`a message in more than ${maxChunks} parts`);
    const key = `${sender} ${datagram.toString('latin1', 2, 10)}`;
    const message = this.#incomplete.get(key) ?? this.#begin(key, count, nowMs);
    if (count !== message.parts.length) throw new GelfError('parts that do not agree on their number');
    if (message.parts[index] !== undefined) return undefined;
    const part = datagram.subarray(headerBytes);
    message.parts[index] = part;
    message.missing -= 1;
    message.bytes += part.length;
    this.#heldBytes += part.length;
    if (message.missing > 0) {
      this.#keepBounds();
      return undefined;
    }
    this.#forget(key, message);
    return Buffer.concat(message.parts as Buffer[]);
  }

  /** Gives up messages that were begun before. */
  giveUp(beforeMs: number): void {
    let given = 0;
    for (const [key, message] of this.#incomplete) {
      if (message.startedAtMs >= beforeMs) break;
      this.#forget(key, message);
      given += 1;
    }
    if (given > 0) this.#onGivenUp(given);
  }

  #begin(key: string, count: number, nowMs: number): Incomplete {
    const message = {
      startedAtMs: nowMs,
      parts: new Array<undefined>(count).fill(undefined),
      missing: count,
      bytes: 0,
    };
    this.#incomplete.set(key, message);
    return message;
  }

  #keepBounds(): void {
    for (const [key, message] of this.#incomplete) {
      if (this.#heldBytes <= maxHeldBytes) return;
      this.#forget(key, message);
      this.#onGivenUp(1);
    }
  }

  #forget(key: string, message: Incomplete): void {
    this.#incomplete.delete(key);
    this.#heldBytes -= message.bytes;
  }
}
