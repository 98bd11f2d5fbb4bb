import { Buffer } from 'node:buffer';
import { viewOf } from '../../go/json/bytes-view.js';
import { ListScanner } from '../../go/json/list-scanner.js';
import { skipBlanks } from '../../go/json/skip.js';
import { Part } from './part.js';

/**
 * Takes a list apart while it arrives. An API server may answer with all of ten thousand pods at once, a hundred megabytes of text;
 * here only one object of it is in memory at a time.
 */
export class ListSplitter {
  readonly #item = new Part();
  readonly #scanner: ListScanner;

  /** `onItem` is given each item, with a newline behind it, before the next one is looked at. */
  constructor(onItem: (bytes: Buffer, end: number) => void) {
    this.#scanner = new ListScanner({
      onPiece: (chunk, from, to) => this.#item.add(chunk, from, to),
      onItemEnd: () => {
        const { bytes, end } = this.#item.take();
        if (skipBlanks(viewOf(bytes), 0, end) < end) onItem(bytes, end);
      },
    });
  }

  push(chunk: Buffer): void {
    this.#scanner.push(chunk);
  }

  /** The list itself, without its items. Throws a SyntaxError when it has not arrived whole. */
  end(): unknown {
    return JSON.parse(Buffer.from(this.#scanner.frame, 'latin1').toString());
  }
}
