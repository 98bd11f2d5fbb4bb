import type { ZonedTime } from '../time/fields.js';
import { compileTimeFormat } from '../time/format-time.js';
import { type Location, utc } from '../time/location.js';
import { GoObject } from './values.js';

/** A Go time.Time. */
export class Time extends GoObject implements ZonedTime {
  readonly typeName = 'time.Time';
  readonly kind = 'struct';
  readonly seconds: number;
  readonly nanos: number;
  readonly location: Location;

  constructor(time: ZonedTime) {
    super();
    this.seconds = time.seconds;
    this.nanos = time.nanos;
    this.location = time.location;
  }

  /** Nanoseconds since 1970. */
  get unixNanos(): bigint {
    return BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos);
  }

  in(location: Location): Time {
    return new Time({ seconds: this.seconds, nanos: this.nanos, location });
  }

  plus(nanos: bigint): Time {
    return timeAt(this.unixNanos + nanos, this.location);
  }

  format(layout: string): string {
    return compileTimeFormat(layout)(this);
  }

  override toString(): string {
    return print(this);
  }
}

export function timeAt(unixNanos: bigint, location: Location): Time {
  const nanos = ((unixNanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = Number((unixNanos - nanos) / 1_000_000_000n);
  return new Time({ seconds, nanos: Number(nanos), location });
}

/** January 1 of the year 1: Go's zero time, which stands for none. */
export const zeroSeconds = -62_135_596_800;

export function zeroTime(): Time {
  return new Time({ seconds: zeroSeconds, nanos: 0, location: utc });
}

const print = compileTimeFormat('2006-01-02 15:04:05.999999999 -0700 MST');
