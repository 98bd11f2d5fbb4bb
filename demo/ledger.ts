import { crc32 } from 'node:zlib';
import type { LokiReceiver } from './loki/receiver.js';

export interface Balance {
  written: number;
  /** Written lines that arrived, each counted once. */
  received: number;
  lost: number;
  /** Lines that arrived again. */
  duplicated: number;
  /** Lines that nobody wrote: changed, cut or glued on the way. */
  foreign: number;
}

/** What was written, to hold against what arrived. Knows a line by its ID, its stage and its checksum. */
export class Ledger {
  readonly #written = new Set<string>();

  get count(): number {
    return this.#written.size;
  }

  wrote(line: string): void {
    this.#written.add(keyOf(line));
  }

  balance(receiver: LokiReceiver): Balance {
    const arrived = new Set<string>();
    let foreign = 0;
    let duplicated = receiver.duplicates;
    for (const { line } of receiver.entries()) {
      const key = keyOf(line);
      if (!this.#written.has(key)) foreign++;
      else if (arrived.has(key)) duplicated++;
      else arrived.add(key);
    }
    const received = arrived.size;
    return { written: this.count, received, lost: this.count - received, duplicated, foreign };
  }
}

/** The one line that says whether all is well. */
export function verdict({ written, received, lost, duplicated, foreign }: Balance): string {
  const rest = foreign === 0 ? '' : `, foreign ${foreign}`;
  return `written ${written}, received ${received}, lost ${lost}, duplicated ${duplicated}${rest}`;
}

export function isClean({ lost, duplicated, foreign }: Balance): boolean {
  return lost === 0 && duplicated === 0 && foreign === 0;
}

function keyOf(line: string): string {
  const id = /"auditID":"([^"]*)","stage":"([^"]*)"/.exec(line);
  return `${id?.[1]}/${id?.[2]}/${crc32(line)}`;
}
