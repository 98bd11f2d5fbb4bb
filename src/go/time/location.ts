/** A stretch of time during which a place keeps one offset: from `start` up to, but not including, `end` (Unix seconds). */
export interface ZonePeriod {
  readonly start: number;
  readonly end: number;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly abbreviation: string;
}

/** A place with its own time, what Go calls a `*time.Location`. */
export interface Location {
  readonly name: string;
  periodAt(seconds: number): ZonePeriod;
  /** The offset an abbreviation such as `CEST` stands for here, preferably the one in force at this wall time. */
  offsetOf(abbreviation: string, wallSeconds: number): number | undefined;
}

/** A place whose offset never changes and whose abbreviation nobody knows. */
export function fixedLocation(name: string, offset: number): Location {
  return new FixedLocation(name, offset);
}

class FixedLocation implements Location, ZonePeriod {
  readonly start = -Infinity;
  readonly end = Infinity;
  readonly offset: number;
  readonly name: string;

  constructor(name: string, offset: number) {
    this.name = name;
    this.offset = offset;
  }

  get abbreviation(): string {
    return this.name;
  }

  periodAt(): ZonePeriod {
    return this;
  }

  offsetOf(): undefined {
    return undefined;
  }
}

export const utc: Location = new FixedLocation('UTC', 0);

/**
 * The instant at which clocks in `location` show what a clock in UTC shows at `wallSeconds`. Around clock changes the
 * offset in force at the guess decides, as in Go: a gap takes the offset after it west of UTC and before it east of UTC,
 * an overlap its first pass in the west, its second in the east.
 */
export function secondsInLocation(wallSeconds: number, location: Location): number {
  const guess = wallSeconds - location.periodAt(wallSeconds).offset;
  return wallSeconds - location.periodAt(guess).offset;
}
