import type { Buffer } from 'node:buffer';
import { utc } from '../../go/time/location.js';
import { readRfc3339 } from '../../go/time/rfc3339.js';
import { UtcTimes } from '../../go/time/utc-times.js';

/** Reads the times of events. */
export class EventTimes {
  readonly #times = new UtcTimes();

  /** Microseconds since 1970 of the time between quotes at `start` and before `end`; NaN when it is none (`null`: not set). */
  read(bytes: Buffer, start: number, end: number): number {
    const times = this.#times;
    if (times.read(bytes, start + 1, end - 1)) return microsOf(times);
    const time = readRfc3339(bytes.toString('latin1', start + 1, end - 1), utc);
    return time === undefined ? Number.NaN : microsOf(time);
  }
}

function microsOf({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): number {
  return seconds * 1e6 + Math.floor(nanos / 1000);
}
