/** A step back further than this is the machine's clock being set, not two reads in one millisecond. */
const clockWasSetMs = 1000;

/**
 * The time given to lines that have none of their own. No two lines get the same one: Loki takes two equal lines with one timestamp
 * for one, and drops the second. Promtail's clock has nanoseconds; here lines read in one millisecond are a nanosecond apart.
 */
export class ReadClock {
  /** The time of the last `tick`: whole seconds since 1970, and nanoseconds. */
  seconds = 0;
  nanos = 0;

  /** Moves on to `nowMs` (milliseconds since 1970), or by a nanosecond when that is not later than the last time. */
  tick(nowMs: number): void {
    const seconds = Math.floor(nowMs / 1000);
    const nanos = Math.floor((nowMs - seconds * 1000) * 1e6);
    const isLater = seconds > this.seconds || (seconds === this.seconds && nanos > this.nanos);
    if (isLater || nowMs < this.seconds * 1000 + this.nanos / 1e6 - clockWasSetMs) {
      this.seconds = seconds;
      this.nanos = nanos;
      return;
    }
    this.nanos += 1;
    if (this.nanos < 1_000_000_000) return;
    this.seconds += 1;
    this.nanos = 0;
  }
}
