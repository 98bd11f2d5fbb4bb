import { Buffer } from 'node:buffer';
import type { ByteSource } from './byte-source.js';

/** So many bytes before the offset are read again each turn: if they differ, the file was cut and has grown anew. */
const guardBytes = 32;

/** What lies before the offset that a file is read up to. Of a source that cannot change it keeps nothing. */
export class OffsetGuard {
  readonly #source: ByteSource;
  /** The bytes as text: a buffer of its own for each of perhaps thousands of files takes ten times the memory. */
  #bytes = '';

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** For the offset where reading begins. False: there is less before it. */
  async load(offset: number): Promise<boolean> {
    const wanted = this.#source.canChange ? Math.min(guardBytes, offset) : 0;
    if (wanted === 0) return true;
    const bytes = Buffer.allocUnsafe(wanted);
    const length = await this.#source.read(bytes, 0, wanted, offset - wanted);
    this.#bytes = bytes.toString('latin1', 0, length);
    return length === wanted;
  }

  /** Whether these bytes, of which `length` were read, begin with it. */
  isStartOf(bytes: Buffer, length: number): boolean {
    const guarded = this.#bytes.length;
    return length >= guarded && bytes.toString('latin1', 0, guarded) === this.#bytes;
  }

  /** `bytes` end, at `end`, where the new offset is. */
  moveTo(bytes: Buffer, end: number): void {
    const guarded = this.#source.canChange ? Math.min(guardBytes, end) : 0;
    this.#bytes = bytes.toString('latin1', end - guarded, end);
  }
}
