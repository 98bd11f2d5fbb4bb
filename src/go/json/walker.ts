import { Buffer } from 'node:buffer';
import { setFlagsFromString } from 'node:v8';
import { walkerWasm } from './walker-wasm.js';
import type { WantedPaths } from './wanted-paths.js';

/** What wasm/json-walker.ts exports. Addresses are offsets into its memory. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  room(): number;
  outputsAt(): number;
  addNode(parent: number, keyLength: number, output: number, firstOutput: number, endOutput: number): number;
  scan(root: number, start: number, end: number, onlyPlaces: number): number;
  read(output: number): void;
  keep(output: number): void;
  markerRoom(): number;
  addMarker(length: number, pairAt: number, bits: number): void;
  findMarkers(start: number, end: number): number;
  trustName(start: number, end: number): void;
  hasTrustedNames(start: number, end: number): number;
  combine(output: number): void;
  findCombination(): number;
}

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
/** Paths that end at different keys may be so many. */
export const maxOutputs = 512;
/** How many strings its table has; empty ones at first. */
const places = 1024;
/** What it may read beyond the end of a line. */
const overrun = 64;
const pageBytes = 65_536;
const newline = 0x0a;

/**
 * Walks over a line of JSON and finds where the values of wanted paths are. The walk is done in WebAssembly, on a copy of the line. What it
 * answers is about the line scanned last.
 */
export class JsonWalker {
  readonly #wasm: Exports;
  readonly #onlyPlaces: number;
  readonly #root: number;
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
  constructor({ root }: WantedPaths, onlyPlaces: boolean) {
    this.#wasm = new WebAssembly.Instance(compile()).exports as unknown as Exports;
    this.#onlyPlaces = Number(onlyPlaces);
    this.#memory = Buffer.from(this.#wasm.memory.buffer);
    this.#outputs = this.#outputWords();
    this.#root = this.#addNode(0, root);
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
    return this.#wasm.scan(this.#root, lineAt, lineEnd, this.#onlyPlaces) !== 0;
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

  #addNode(parent: number, node: WantedPaths['root']): number {
    const key = Buffer.from(node.key, 'utf8');
    const room = this.#wasm.room();
    if (room + key.length + overrun > this.#memory.length) this.#grow(room + key.length + overrun);
    key.copy(this.#memory, room);
    const { output, firstOutput, endOutput, children } = node;
    const address = this.#wasm.addNode(parent, key.length, output, firstOutput, endOutput);
    for (const child of children) this.#addNode(address, child);
    return address;
  }

  #grow(bytes: number): void {
    const { memory } = this.#wasm;
    memory.grow(Math.ceil((bytes - this.#memory.length) / pageBytes));
    this.#memory = Buffer.from(memory.buffer);
    this.#outputs = this.#outputWords();
  }

  #outputWords(): Int32Array {
    return new Int32Array(this.#wasm.memory.buffer, this.#wasm.outputsAt(), maxOutputs * word.count);
  }
}

/**
 * Has V8 optimise the walk once it is hot. No other WebAssembly is optimised, as the bundle's start tells V8 (scripts/start.js). What is
 * set when a function is compiled is what counts for it, so all are compiled now.
 */
function compile(): WebAssembly.Module {
  setFlagsFromString('--wasm-dynamic-tiering');
  setFlagsFromString('--no-wasm-lazy-compilation');
  const module = new WebAssembly.Module(Buffer.from(walkerWasm, 'base64'));
  setFlagsFromString('--wasm-lazy-compilation');
  setFlagsFromString('--no-wasm-dynamic-tiering');
  return module;
}
