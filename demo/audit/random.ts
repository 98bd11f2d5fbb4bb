/** Random numbers that are the same for the same seed, on every machine. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = 0x9e3779b9;
    this.#c = 0x243f6a88;
    // The first draws of neighbouring seeds are alike.
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** sfc32: small, fast, and long enough a period for any log. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** 0 ≤ x < 1. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.fraction() * choices.length)]!;
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += this.uint32().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  }

  /** A version 4 UUID. One for each event, so it is put together from a table of byte texts. */
  uuid(): string {
    const a = this.uint32();
    const b = this.uint32();
    const c = this.uint32();
    const d = this.uint32();
    return `${byteHex[a >>> 24]}${byteHex[(a >>> 16) & 255]}${byteHex[(a >>> 8) & 255]}${byteHex[a & 255]}-${byteHex[b >>> 24]}${byteHex[(b >>> 16) & 255]}-${byteHex[((b >>> 8) & 15) | 64]}${byteHex[b & 255]}-${byteHex[((c >>> 24) & 63) | 128]}${byteHex[(c >>> 16) & 255]}-${byteHex[(c >>> 8) & 255]}${byteHex[c & 255]}${byteHex[d >>> 24]}${byteHex[(d >>> 16) & 255]}${byteHex[(d >>> 8) & 255]}${byteHex[d & 255]}`;
  }
}

const byteHex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
