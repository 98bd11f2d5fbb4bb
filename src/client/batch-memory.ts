import { ByteBuffer } from './byte-buffer.js';
import { EntryRuns } from './entry-runs.js';

/** What a batch keeps its entries in. Made anew for each batch, much of it would outlive two collections, and pile up. */
export class BatchMemory {
  readonly buffer: ByteBuffer;
  readonly runs = new EntryRuns();

  constructor(capacity?: number) {
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
