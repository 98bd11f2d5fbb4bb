import type { Entry } from './entry.js';
import type { Sink } from './sink.js';

/**
 * What became of entries. `safe`: accepted by Loki, dropped by a rule, or on the disk to be sent. `full`: not taken, as there is no room.
 * `late`: not safe by the deadline; most were not taken either, but some may still be sent, so that whoever sends them again may double them.
 */
export type Receipt = 'safe' | 'full' | 'late';

/**
 * Where targets put what cannot be read again. Who can be told to send it again (HTTP) gets its answer from `deliver`. Who cannot
 * (syslog over TCP) waits for `push` before it reads on: it resolves when there is room for more. Both take the array over, and whatever ack its entries had.
 */
export interface Intake extends Sink {
  deliver(entries: Entry[], deadline: AbortSignal): Promise<Receipt>;
  /** Whether so many bytes would be taken now: who sends them can be told before they have been read. */
  hasRoomFor(bytes: number): boolean;
}
