import { Buffer } from 'node:buffer';
import type { ExtractedValue } from '../../entry/extracted.js';
import { encodeJson } from './encode.js';
import { fieldScannerWasm } from './field-scanner-wasm.js';
import { hasOddEscape } from './parse.js';
import type { JsonValue } from './value.js';
import { WantedPaths } from './wanted-paths.js';

/** What wasm/json-fields.ts exports. Addresses are offsets into its memory. */
interface Walker {
  readonly memory: WebAssembly.Memory;
  room(): number;
  outputsAt(): number;
  addNode(parent: number, keyLength: number, output: number, firstOutput: number, endOutput: number): number;
  scan(root: number, start: number, end: number): number;
  keep(output: number): void;
}

/** Kinds of an Output there. */
const kind = {
  known: 1,
  ascii: 2,
  returning: 3,
  text: 4,
  escaped: 5,
  number: 6,
  yes: 7,
  no: 8,
  container: 9,
};
/** An Output there: so many words, of which these are the first: kind, start, end, place. */
const outputWords = 4;
/** How many there may be. */
const maxOutputs = 512;
/** How many strings its table has; empty ones at first. */
const places = 1024;
/** What it may read beyond the end of a line. */
const overrun = 64;
const pageBytes = 65_536;
const newline = 0x0a;

/**
 * Picks the values of plain paths (`user.username`) out of the bytes of a line, making no string of anything else: the walk itself is
 * done in WebAssembly. Where it succeeds, the values are those of parseJson, the paths followed, and encodeJson.
 */
export class JsonFieldScanner {
  /** Values of the last scan that succeeded, in the order of the paths. Overwritten by the next. */
  readonly values: ExtractedValue[];
  readonly #walker: Walker;
  readonly #root: number;
  /** The paths that each output is for. */
  readonly #pathsOf: readonly (readonly number[])[];
  /** Where lines are put. */
  readonly #lineAt: number;
  /** Strings by their places in the walker's table. */
  readonly #strings: string[] = new Array<string>(places).fill('');
  /** Outputs with strings that are to be kept, once all is read that the table has for this line. */
  readonly #returning: number[] = [];
  #memory: Buffer;
  #outputs: Int32Array;

  /** Undefined where WebAssembly cannot be had, or when there are too many paths: then the full reader has to do. */
  static of(paths: readonly (readonly string[])[]): JsonFieldScanner | undefined {
    if (paths.length > maxOutputs) return undefined;
    try {
      const module = new WebAssembly.Module(Buffer.from(fieldScannerWasm, 'base64'));
      return new JsonFieldScanner(paths, new WebAssembly.Instance(module).exports as unknown as Walker);
    } catch {
      // Node may be told to run without compiling (--jitless), or be given too little address space.
      return undefined;
    }
  }

  private constructor(paths: readonly (readonly string[])[], walker: Walker) {
    this.#walker = walker;
    this.#memory = Buffer.from(walker.memory.buffer);
    this.#outputs = this.#outputWords();
    this.values = paths.map(() => null);
    const tree = WantedPaths.of(paths);
    this.#pathsOf = tree.pathsByOutput;
    this.#root = this.#addNode(0, tree.root);
    this.#lineAt = walker.room();
  }

  /** Scans `bytes` from `start` to `end`, one whole line. False: malformed, or odd in a way that is left to parseJson to judge. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    const lineAt = this.#lineAt;
    const lineEnd = lineAt + length;
    if (lineEnd + overrun > this.#memory.length) this.#grow(lineEnd + overrun);
    bytes.copy(this.#memory, lineAt, start, end);
    this.#memory[lineEnd] = newline;
    if (this.#walker.scan(this.#root, lineAt, lineEnd) === 0) return false;
    this.#returning.length = 0;
    for (let output = 0; output < this.#pathsOf.length; output++) {
      const value = this.#read(output);
      if (value === undefined) return false;
      const paths = this.#pathsOf[output]!;
      for (let i = 0; i < paths.length; i++) this.values[paths[i]!] = value;
    }
    if (this.#returning.length > 0) this.#keepReturning();
    return true;
  }

  /** Undefined when it is left to the full reader. */
  #read(output: number): ExtractedValue | undefined {
    const outputs = this.#outputs;
    const word = output * outputWords;
    const start = outputs[word + 1]!;
    const end = outputs[word + 2]!;
    switch (outputs[word]) {
      case kind.known:
        return this.#strings[outputs[word + 3]!]!;
      case kind.ascii:
        return this.#memory.toString('latin1', start, end);
      case kind.returning:
        this.#returning.push(output);
        return this.#memory.toString('latin1', start, end);
      case kind.text:
        return decode(this.#memory, start, end);
      case kind.escaped:
        return parse(this.#memory, start, end) as string | undefined;
      case kind.number:
        return readNumber(this.#memory, start, end);
      case kind.yes:
        return true;
      case kind.no:
        return false;
      case kind.container: {
        const value = parse(this.#memory, start, end);
        return value === undefined ? undefined : encodeJson(value);
      }
      default:
        return null;
    }
  }

  /** The table changes here only, in memory and as strings together. */
  #keepReturning(): void {
    for (const output of this.#returning) {
      this.#walker.keep(output);
      this.#strings[this.#outputs[output * outputWords + 3]!] = this.values[
        this.#pathsOf[output]![0]!
      ] as string;
    }
  }

  #addNode(parent: number, node: WantedPaths): number {
    const key = Buffer.from(node.key, 'utf8');
    const room = this.#walker.room();
    if (room + key.length + overrun > this.#memory.length) this.#grow(room + key.length + overrun);
    key.copy(this.#memory, room);
    const { output, firstOutput, endOutput, children } = node;
    const address = this.#walker.addNode(parent, key.length, output, firstOutput, endOutput);
    for (const child of children) this.#addNode(address, child);
    return address;
  }

  #grow(bytes: number): void {
    const { memory } = this.#walker;
    memory.grow(Math.ceil((bytes - this.#memory.length) / pageBytes));
    this.#memory = Buffer.from(memory.buffer);
    this.#outputs = this.#outputWords();
  }

  #outputWords(): Int32Array {
    const { memory, outputsAt } = this.#walker;
    return new Int32Array(memory.buffer, outputsAt(), maxOutputs * outputWords);
  }
}

/** The bytes are a number as JSON writes it, without an exponent. */
function readNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > 15) return Number(bytes.toString('latin1', start, end));
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    // A sign or a point.
    if (digit < 0) return Number(bytes.toString('latin1', start, end));
    value = value * 10 + digit;
  }
  return value;
}

/** Undefined if the JSON text is not valid UTF-8, or has an escape that is left to the full reader. */
function parse(bytes: Buffer, start: number, end: number): JsonValue | undefined {
  const written = decode(bytes, start, end);
  return written === undefined || hasOddEscape(written) ? undefined : (JSON.parse(written) as JsonValue);
}

/** Undefined if the bytes are not valid UTF-8, or hold what stands for such bytes. */
function decode(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\ufffd') ? undefined : text;
}
