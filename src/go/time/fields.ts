import { daysInMonth, isLeapYear, secondsFromCivil } from './civil.js';
import { fixedLocation, type Location, secondsInLocation, utc } from './location.js';

/** An instant, and the place whose clocks it was read from. */
export interface ZonedTime {
  readonly seconds: number;
  readonly nanos: number;
  readonly location: Location;
}

/** What the parts of a layout found in a text. One object serves all texts of a layout. */
export class Fields {
  year = 0;
  /** −1: the layout has no such part. */
  month = -1;
  day = -1;
  yearDay = -1;
  hour = 0;
  minute = 0;
  second = 0;
  nanos = 0;
  halfDay: 'am' | 'pm' | undefined = undefined;
  isUtc = false;
  // −1 for none, as in Go, where an offset of minus one second goes unnoticed too.
  offset = -1;
  zoneName = '';

  clear(): void {
    this.year = 0;
    this.month = -1;
    this.day = -1;
    this.yearDay = -1;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.nanos = 0;
    this.halfDay = undefined;
    this.isUtc = false;
    this.offset = -1;
    this.zoneName = '';
  }

  /** The instant meant; undefined when there is no such day. Abbreviations are those of `local`. */
  toTime(assumed: Location, local: Location): ZonedTime | undefined {
    if (!this.#settleDay()) return undefined;
    const wall = this.#wallSeconds();
    if (this.isUtc) return { seconds: wall, nanos: this.nanos, location: utc };
    if (this.offset !== -1) return this.#atOffset(wall, local);
    if (this.zoneName !== '') return this.#inNamedZone(wall, local);
    return { seconds: secondsInLocation(wall, assumed), nanos: this.nanos, location: assumed };
  }

  #atOffset(wall: number, local: Location): ZonedTime {
    const seconds = wall - this.offset;
    const here = local.periodAt(seconds);
    const isHere =
      here.offset === this.offset && (this.zoneName === '' || here.abbreviation === this.zoneName);
    const location = isHere ? local : fixedLocation(this.zoneName, this.offset);
    return { seconds, nanos: this.nanos, location };
  }

  #inNamedZone(wall: number, local: Location): ZonedTime {
    const known = local.offsetOf(this.zoneName, wall);
    if (known !== undefined) return { seconds: wall - known, nanos: this.nanos, location: local };
    // An unknown abbreviation shifts nothing. Go notes the hours of GMT+3 without applying them to the instant.
    const hours = this.zoneName.startsWith('GMT') ? Number(this.zoneName.slice(3)) : 0;
    return { seconds: wall, nanos: this.nanos, location: fixedLocation(this.zoneName, hours * 3600) };
  }

  #wallSeconds(): number {
    let hour = this.hour;
    if (this.halfDay === 'pm' && hour < 12) hour += 12;
    else if (this.halfDay === 'am' && hour === 12) hour = 0;
    return secondsFromCivil(this.year, this.month, this.day, hour, this.minute, this.second);
  }

  /** Fills in month and day, from the day of the year if that was given; false when they do not exist or agree. */
  #settleDay(): boolean {
    if (this.yearDay >= 0 && !this.#settleYearDay()) return false;
    if (this.month < 0) this.month = 1;
    if (this.day < 0) this.day = 1;
    return this.day >= 1 && this.day <= daysInMonth(this.month, this.year);
  }

  #settleYearDay(): boolean {
    if (this.yearDay < 1 || this.yearDay > (isLeapYear(this.year) ? 366 : 365)) return false;
    let month = 1;
    let day = this.yearDay;
    while (day > daysInMonth(month, this.year)) {
      day -= daysInMonth(month, this.year);
      month += 1;
    }
    if (this.month >= 0 && this.month !== month) return false;
    if (this.day >= 0 && this.day !== day) return false;
    this.month = month;
    this.day = day;
    return true;
  }
}
