import { Buffer } from 'node:buffer';
import { maxOutputs, overrun, WalkerInstance } from './walker-instance.js';
import type { WantedPaths } from './wanted-paths.js';

/** What stands at a path. */
export const kinds = {
  /** There is no such path. */
  nothing: 0,
  /** Strings of ASCII without escapes: `textOf` has them. */
  known: 1,
  ascii: 2,
  returning: 3,
  /** A string with other characters, without escapes. */
  text: 4,
  /** A string with escapes. */
  escaped: 5,
  number: 6,
  yes: 7,
  no: 8,
  /** An object or an array. */
  container: 9,
  nil: 10,
  /** A string without escapes that `textOf` was not asked for yet; when looking for places only. */
  unread: 11,
} as const;

/** What a line is scanned for; see wasm/walk.ts. */
const purposes = { values: 0, places: 1 } as const;

/** A text that is looked for, in at most 48 characters of ASCII. */
export interface Marker {
  readonly text: string;
  /** Where in it two characters are that are seldom found elsewhere. */
  readonly pairAt: number;
  /** What is answered when it is found. */
  readonly bits: number;
}

/** The words of an Output there. */
const word = { kind: 0, start: 1, end: 2, place: 3, size: 4, count: 5 } as const;
/** How many strings its table has; empty ones at first. */
const places = 1024;
const newline = 0x0a;

/**
 * Walks over a line of JSON and finds where the values of wanted paths are. The walk is done in WebAssembly, on a copy of the line. What it
 * answers is about the line scanned last.
 */
export class JsonWalker {
  readonly #instance: WalkerInstance;
  readonly #wasm: WalkerInstance['wasm'];
  readonly #purpose: number;
  /** Where lines are put. */
  #lineAt: number;
  /** From an address in memory to an index into the bytes that were scanned. */
  #shift = 0;
  /** Strings by their places in the table. */
  readonly #strings: string[] = new Array<string>(places).fill('');
  /** Outputs with strings that are to be kept, and those strings: once nobody asks about this line any more. */
  readonly #returning: number[] = [];
  readonly #returningTexts: string[] = [];
  #memory: Buffer;
  #outputs: Int32Array;

  /**
   * `onlyPlaces`: it does not matter what values are worth, only where they are; then a line with a wanted key that stands twice or is
   * written with escapes is refused, as a reader of the line could take another value for it.
   */
  constructor(wanted: WantedPaths, onlyPlaces: boolean) {
    this.#instance = new WalkerInstance(wanted);
    this.#wasm = this.#instance.wasm;
    this.#purpose = onlyPlaces ? purposes.places : purposes.values;
    this.#memory = this.#instance.memory;
    this.#outputs = this.#outputWords();
    this.#lineAt = this.#wasm.room();
  }

  /** Scans `bytes` from `start` to `end`, one whole line. False: it is malformed, or odd in a way that others have to judge. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (this.#returning.length > 0) this.#keepReturning();
    const lineAt = this.#lineAt;
    const lineEnd = lineAt + end - start;
    if (lineEnd + overrun > this.#memory.length) this.#grow(lineEnd + overrun);
    bytes.copy(this.#memory, lineAt, start, end);
    this.#memory[lineEnd] = newline;
    this.#shift = start - lineAt;
    return this.#wasm.scan(this.#instance.root, lineAt, lineEnd, this.#purpose) !== 0;
  }

  kindOf(output: number): number {
    return this.#outputs[output * word.count]!;
  }

  /** Where the value begins in the bytes that were scanned; of a string, its quote. */
  startOf(output: number): number {
    return this.#outputs[output * word.count + word.start]! + this.#shift;
  }

  /** Where it has ended. */
  endOf(output: number): number {
    return this.#outputs[output * word.count + word.end]! + this.#shift;
  }

  /** How many members an object has that paths lead into. */
  sizeOf(output: number): number {
    return this.#outputs[output * word.count + word.size]!;
  }

  /**
   * The string without its quotes, if it is one of the plain kinds. One that comes again and again is made only once: that costs 25 ns, to
   * make one 85 ns and garbage; and its hash is known already when it is looked up as a label value.
   */
  textOf(output: number): string | undefined {
    const outputs = this.#outputs;
    const at = output * word.count;
    if (outputs[at] === kinds.unread) this.#wasm.read(output);
    switch (outputs[at]) {
      case kinds.known:
        return this.#strings[outputs[at + word.place]!]!;
      case kinds.ascii:
        return this.#plainText(at);
      case kinds.returning: {
        const text = this.#plainText(at);
        this.#returning.push(output);
        this.#returningTexts.push(text);
        return text;
      }
      default:
        return undefined;
    }
  }

  /** Makes `findMarkers` look for this text, too. */
  addMarker({ text, pairAt, bits }: Marker): void {
    Buffer.from(text, 'latin1').copy(this.#memory, this.#wasm.markerRoom());
    this.#wasm.addMarker(text.length, pairAt, bits);
  }

  /** The bits of all markers that stand between `start` and `end` in the bytes that were scanned. */
  findMarkers(start: number, end: number): number {
    return this.#wasm.findMarkers(start - this.#shift, end - this.#shift);
  }

  /** Remembers the name between `start` and `end` for `hasTrustedNames`, for a while. */
  trustName(start: number, end: number): void {
    this.#wasm.trustName(start - this.#shift, end - this.#shift);
  }

  /**
   * Whether the parameters of the URL between `start` and `end` are known to have trusted names only, and nothing there is written with
   * escapes but `&`. 0.05 µs, where a look at each byte from here took 0.5.
   */
  hasTrustedNames(start: number, end: number): boolean {
    return this.#wasm.hasTrustedNames(start - this.#shift, end - this.#shift) !== 0;
  }

  /** Makes `findCombination` look at these outputs, too. To be called before the first scan. */
  combine(outputs: Iterable<number>): void {
    for (const output of outputs) this.#wasm.combine(output);
    this.#lineAt = this.#wasm.room();
  }

  /**
   * The number of the combination of those outputs' values, byte for byte as the line has them, if it came before; else -1 - its number,
   * which may have been that of another one. Numbers stay small. To know that eleven values came before costs 0.2 µs; to look up one
   * by one what follows from them cost 1.7.
   */
  findCombination(): number {
    return this.#wasm.findCombination();
  }

  #plainText(at: number): string {
    const start = this.#outputs[at + word.start]! + 1;
    return this.#memory.toString('latin1', start, this.#outputs[at + word.end]! - 1);
  }

  /** The table changes here only, in memory and as strings together. */
  #keepReturning(): void {
    for (let i = 0; i < this.#returning.length; i++) {
      const output = this.#returning[i]!;
      this.#wasm.keep(output);
      this.#strings[this.#outputs[output * word.count + word.place]!] = this.#returningTexts[i]!;
    }
    this.#returning.length = 0;
    this.#returningTexts.length = 0;
  }

  #grow(bytes: number): void {
    this.#instance.grow(bytes);
    this.#memory = this.#instance.memory;
    this.#outputs = this.#outputWords();
  }

  #outputWords(): Int32Array {
    return new Int32Array(this.#wasm.memory.buffer, this.#wasm.outputsAt(), maxOutputs * word.count);
  }
}
