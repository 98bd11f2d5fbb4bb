import type { Location, ZonePeriod } from './location.js';

/**
 * A place as the JavaScript engine knows it, for machines without a time zone database. Offsets are those of the
 * database; abbreviations are the engine's English ones, which for many places are just `GMT+2`. Undefined when the
 * engine does not know the name.
 */
export function intlLocation(name: string): Location | undefined {
  // The engine would also take offsets, which are no names of places.
  if (/^[+-]/.test(name)) return undefined;
  try {
    return new IntlLocation(name);
  } catch {
    return undefined;
  }
}

// No place has changed its clocks other than at a quarter of an hour since 1972.
const slotSeconds = 900;

class IntlLocation implements Location {
  readonly name: string;
  readonly #offsets: Intl.DateTimeFormat;
  readonly #names: Intl.DateTimeFormat;
  #latest: ZonePeriod = { start: 0, end: 0, offset: 0, abbreviation: '' };

  constructor(name: string) {
    this.name = name;
    this.#offsets = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    this.#names = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' });
  }

  periodAt(seconds: number): ZonePeriod {
    if (seconds >= this.#latest.start && seconds < this.#latest.end) return this.#latest;
    const start = Math.floor(seconds / slotSeconds) * slotSeconds;
    const offset = offsetSeconds(zoneName(this.#offsets, start));
    const abbreviation = zoneName(this.#names, start);
    this.#latest = { start, end: start + slotSeconds, offset, abbreviation };
    return this.#latest;
  }

  offsetOf(abbreviation: string, wallSeconds: number): number | undefined {
    // One of a year's quarters shows winter time, one summer time, whichever of them has this name.
    for (const months of [0, 3, 6, 9]) {
      const at = this.periodAt(wallSeconds + months * 2_629_746);
      const here = this.periodAt(wallSeconds - at.offset);
      if (here.abbreviation === abbreviation) return here.offset;
      if (at.abbreviation === abbreviation) return at.offset;
    }
    return undefined;
  }
}

function zoneName(format: Intl.DateTimeFormat, seconds: number): string {
  return format.formatToParts(seconds * 1000).find((part) => part.type === 'timeZoneName')!.value;
}

/** `GMT-04:56:02` as seconds. */
function offsetSeconds(text: string): number {
  const [, sign, hours, minutes, seconds] = /^GMT(?:([+-])(\d+):(\d+)(?::(\d+))?)?$/.exec(text) ?? [];
  const size = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return sign === '-' ? -size : size;
}
