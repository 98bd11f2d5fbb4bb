import type { Entry } from '../entry/entry.js';
import { ReadClock } from '../entry/read-clock.js';

/**
 * The one moment at which all lines of a replay are read, nanoseconds apart: no event has the same time by itself. Time stands still for
 * stages, too, so that what they hold for a while is not let go because whoever takes the entries is slow.
 */
export class ReadMoment {
  readonly clock = new ReadClock();
  readonly ms = Date.now();

  /** Whether the entry's time is that of reading: no stage found one in the line. */
  isTimeOf({ seconds, nanos }: Entry): boolean {
    const start = Math.floor(this.ms / 1000);
    const startNanos = (this.ms - start * 1000) * 1e6;
    const sinceStart = (seconds - start) * 1e9 + nanos - startNanos;
    const ticked = (this.clock.seconds - start) * 1e9 + this.clock.nanos - startNanos;
    return sinceStart >= 0 && sinceStart <= ticked;
  }
}
