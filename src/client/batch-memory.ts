import { ByteBuffer } from './byte-buffer.js';
import { EntryRuns } from './entry-runs.js';

const initialCapacity = 64 * 1024;

/** What a batch keeps its entries in. Made anew for each batch, much of it would outlive two collections, and pile up. */
export class BatchMemory {
  readonly buffer: ByteBuffer;
  readonly runs = new EntryRuns();

  constructor(capacity = initialCapacity) {
    this.buffer = ByteBuffer.ofCapacity(capacity);
  }

  get capacity(): number {
    return this.buffer.capacity;
  }

  clear(): void {
    this.buffer.clear();
    this.runs.clear();
  }
}
