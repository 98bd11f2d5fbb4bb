import { Buffer } from 'node:buffer';
import { optimisedWasm } from '../optimised-wasm.js';
import { walkerWasm } from './walker-wasm.js';
import type { WantedPaths } from './wanted-paths.js';

/** What wasm/main.ts exports. Addresses are offsets into its memory. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  room(): number;
  outputsAt(): number;
  addNode(parent: number, keyLength: number, output: number, firstOutput: number, endOutput: number): number;
  scan(root: number, start: number, end: number, purpose: number): number;
  read(output: number): void;
  keep(output: number): void;
  markerRoom(): number;
  addMarker(length: number, pairAt: number, bits: number): void;
  findMarkers(start: number, end: number): number;
  trustName(start: number, end: number): void;
  hasTrustedNames(start: number, end: number): number;
  combine(output: number): void;
  findCombination(): number;
  timesForgotten(): number;
  setContext(value: number): void;
  learn(combination: number): void;
  packFrom(root: number, timeOutput: number): void;
  addPair(output: number, nameBytes: number): number;
  packLines(
    start: number,
    end: number,
    to: number,
    limit: number,
    records: number,
    from: number,
    maxCount: number,
  ): number;
  packedCount(): number;
  packedEnd(): number;
  stoppedAt(): number;
  stoppedCombination(): number;
}

/** Paths that end at different keys may be so many. */
export const maxOutputs = 512;
/** What is read beyond the end of a line. */
export const overrun = 64;
const pageBytes = 65_536;

/** The walk over JSON in WebAssembly, with a memory of its own that knows the wanted paths. */
export class WalkerInstance {
  readonly wasm: Exports;
  /** The node where walks begin. */
  readonly root: number;
  #memory: Buffer;

  constructor({ root }: WantedPaths) {
    const module = optimisedWasm(() => new WebAssembly.Module(Buffer.from(walkerWasm, 'base64')));
    this.wasm = new WebAssembly.Instance(module).exports as unknown as Exports;
    this.#memory = Buffer.from(this.wasm.memory.buffer);
    this.root = this.#addNode(0, root);
  }

  /** All of it. Another one after `grow`. */
  get memory(): Buffer {
    return this.#memory;
  }

  /** Makes its memory at least so long. */
  grow(bytes: number): void {
    const missing = bytes - this.#memory.length;
    if (missing <= 0) return;
    const { memory } = this.wasm;
    memory.grow(Math.ceil(missing / pageBytes));
    this.#memory = Buffer.from(memory.buffer);
  }

  #addNode(parent: number, node: WantedPaths['root']): number {
    const key = Buffer.from(node.key, 'utf8');
    const room = this.wasm.room();
    this.grow(room + key.length + overrun);
    key.copy(this.#memory, room);
    const { output, firstOutput, endOutput, children } = node;
    const address = this.wasm.addNode(parent, key.length, output, firstOutput, endOutput);
    for (const child of children) this.#addNode(address, child);
    return address;
  }
}
