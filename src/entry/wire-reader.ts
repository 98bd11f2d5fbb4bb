import type { Buffer } from 'node:buffer';

/** Reads protobuf messages that were written here: the fields of `bytes` from `at` to before `end`, one behind the other. */
export class WireReader {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    return this.#bytes[this.at++]!;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  length(): number {
    return Number(this.varint());
  }

  /** The bytes of a field whose length comes first. */
  message(): WireReader {
    const length = this.length();
    const start = this.at;
    this.at += length;
    return new WireReader(this.#bytes, start, this.at);
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.at, this.#end);
  }
}
