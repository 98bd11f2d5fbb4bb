import { Buffer } from 'node:buffer';
import type { ByteSource } from './byte-source.js';

/** So many bytes before the offset are read again each turn: if they differ, the file was cut and has grown anew. */
const guardBytes = 32;

/** What lies before the offset that a file is read up to. Of a source that cannot change it keeps nothing. */
export class OffsetGuard {
  readonly #source: ByteSource;
  readonly #bytes = Buffer.allocUnsafeSlow(guardBytes);
  #length = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get length(): number {
    return this.#length;
  }

  /** For the offset where reading begins. False: there is less before it. */
  async load(offset: number): Promise<boolean> {
    const wanted = this.#source.canChange ? Math.min(guardBytes, offset) : 0;
    if (wanted > 0) this.#length = await this.#source.read(this.#bytes, 0, wanted, offset - wanted);
    return this.#length === wanted;
  }

  /** Whether these bytes, of which `length` were read, begin with it. */
  isStartOf(bytes: Buffer, length: number): boolean {
    return length >= this.#length && this.#bytes.compare(bytes, 0, this.#length, 0, this.#length) === 0;
  }

  /** `bytes` end, at `end`, where the new offset is. */
  moveTo(bytes: Buffer, end: number): void {
    this.#length = this.#source.canChange ? Math.min(guardBytes, end) : 0;
    bytes.copy(this.#bytes, 0, end - this.#length, end);
  }
}
