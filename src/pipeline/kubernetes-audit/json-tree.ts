import { skipBlanks, skipString } from '../../go/json/skip.js';
import type { AuditEvent } from './audit-event.js';

/** A JSON value with where it stands in the bytes. */
export type JsonNode = ObjectNode | ArrayNode | ScalarNode;

export interface ObjectNode {
  readonly kind: 'object';
  readonly start: number;
  readonly end: number;
  readonly members: readonly JsonMember[];
}

export interface ArrayNode {
  readonly kind: 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly JsonNode[];
}

export interface ScalarNode {
  readonly kind: 'string' | 'number' | 'bool' | 'null';
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  /** Decoded. */
  readonly key: string;
  /** Where the key's quote opens. */
  readonly start: number;
  readonly value: JsonNode;
}

/** No object of Kubernetes nests a tenth as deep; what does is not looked into. */
const maxDepth = 500;

/**
 * Reads the JSON value between `start` and `end` of an event into a tree; undefined when it nests too deep. Only lines of which something
 * may have to be replaced are read like this.
 */
export function parseTree(event: AuditEvent, start: number, end: number): JsonNode | undefined {
  try {
    return new TreeReader(event, end).read(start, 0);
  } catch (error) {
    if (error instanceof TooDeep) return undefined;
    throw error;
  }
}

/** The members of the object at `start`. */
export function membersOf(node: JsonNode | undefined): readonly JsonMember[] {
  return node?.kind === 'object' ? node.members : [];
}

/** Every string that is a value, keys not. */
export function eachString(node: JsonNode, visit: (string: ScalarNode) => void): void {
  if (node.kind === 'object') for (const { value } of node.members) eachString(value, visit);
  else if (node.kind === 'array') for (const item of node.items) eachString(item, visit);
  else if (node.kind === 'string') visit(node);
}

class TooDeep extends Error {}

class TreeReader {
  readonly #event: AuditEvent;
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #end: number;

  constructor(event: AuditEvent, end: number) {
    this.#event = event;
    this.#bytes = event.bytes;
    this.#view = event.view;
    this.#end = end;
  }

  read(from: number, depth: number): JsonNode {
    if (depth > maxDepth) throw new TooDeep();
    const start = skipBlanks(this.#view, from, this.#end);
    switch (this.#bytes[start]) {
      case 0x7b:
        return this.#readObject(start, depth);
      case 0x5b:
        return this.#readArray(start, depth);
      case 0x22:
        return { kind: 'string', start, end: skipString(this.#view, start + 1, this.#end) };
      case 0x74:
        return { kind: 'bool', start, end: start + 4 };
      case 0x66:
        return { kind: 'bool', start, end: start + 5 };
      case 0x6e:
        return { kind: 'null', start, end: start + 4 };
      default:
        return { kind: 'number', start, end: this.#endOfNumber(start) };
    }
  }

  #readObject(start: number, depth: number): ObjectNode {
    const members: JsonMember[] = [];
    let at = this.#skipBlanks(start + 1);
    while (this.#bytes[at] === 0x22) {
      const afterKey = skipString(this.#view, at + 1, this.#end);
      const key = this.#event.textBetween(at, afterKey);
      const value = this.read(this.#skipBlanks(afterKey) + 1, depth + 1);
      members.push({ key, start: at, value });
      at = this.#skipBlanks(value.end);
      if (this.#bytes[at] === 0x2c) at = this.#skipBlanks(at + 1);
    }
    return { kind: 'object', start, end: at + 1, members };
  }

  #readArray(start: number, depth: number): ArrayNode {
    const items: JsonNode[] = [];
    let at = this.#skipBlanks(start + 1);
    while (this.#bytes[at] !== 0x5d) {
      const item = this.read(at, depth + 1);
      items.push(item);
      at = this.#skipBlanks(item.end);
      if (this.#bytes[at] === 0x2c) at = this.#skipBlanks(at + 1);
    }
    return { kind: 'array', start, end: at + 1, items };
  }

  #endOfNumber(start: number): number {
    let at = start;
    while (at < this.#end && isNumberByte[this.#bytes[at]!] === 1) at++;
    return at;
  }

  #skipBlanks(at: number): number {
    return skipBlanks(this.#view, at, this.#end);
  }
}

const isNumberByte = new Uint8Array(256);
for (const byte of Buffer.from('+-.0123456789Ee')) isNumberByte[byte] = 1;
