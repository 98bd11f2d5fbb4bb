import type { Fields } from './fields.js';
import type { LayoutPart, PlainPart } from './layout-parts.js';
import { longMonths, longWeekdays, shortMonths, shortWeekdays } from './names.js';
import { zoneNameLength } from './zone-name.js';

/** Reads one part of a layout at `at` into `fields`; returns where it ends, −1 when the text has no such thing there. */
export type ReadPart = (text: string, at: number, fields: Fields) => number;

/** `next` is the part after the text that follows: only with a fraction there is a second's fraction left to it. */
export function readerOf(part: LayoutPart, next: LayoutPart | undefined): ReadPart {
  if (part.kind === 'text') return readText(part.text);
  if (part.kind === 'fraction') return part.isOptional ? readOptionalFraction : readFraction(part.digits);
  if (part.kind === 'offset') return readOffset(part.count, part.hasColons, part.isZForUtc);
  const isSecond = part.kind === 'second' || part.kind === 'zeroSecond';
  if (isSecond && next?.kind !== 'fraction') return thenStrayFraction(plainReaders[part.kind]);
  return plainReaders[part.kind];
}

/** A whole number written in one or two digits, or two exactly. */
function twoDigits(
  isFixed: boolean,
  min: number,
  max: number,
  set: (fields: Fields, value: number) => void,
): ReadPart {
  return (text, at, fields) => {
    const first = digitAt(text, at);
    if (first < 0) return -1;
    const second = digitAt(text, at + 1);
    if (second < 0 && isFixed) return -1;
    const value = second < 0 ? first : first * 10 + second;
    if (value < min || value > max) return -1;
    set(fields, value);
    return second < 0 ? at + 1 : at + 2;
  };
}

function setMonth(fields: Fields, value: number): void {
  fields.month = value;
}
function setDay(fields: Fields, value: number): void {
  fields.day = value;
}
function setHour(fields: Fields, value: number): void {
  fields.hour = value;
}
function setMinute(fields: Fields, value: number): void {
  fields.minute = value;
}
function setSecond(fields: Fields, value: number): void {
  fields.second = value;
}
function ignore(): void {}

const readDay = twoDigits(false, 0, 99, setDay);

const plainReaders: Record<PlainPart, ReadPart> = {
  year(text, at, fields) {
    let year = 0;
    for (let i = at; i < at + 4; i++) {
      const digit = digitAt(text, i);
      if (digit < 0) return -1;
      year = year * 10 + digit;
    }
    fields.year = year;
    return at + 4;
  },
  shortYear(text, at, fields) {
    // Go lets a sign stand for the first digit.
    const match = /^[-+\d]\d/.exec(text.slice(at, at + 2));
    if (match === null) return -1;
    const year = Number(match[0]);
    fields.year = year >= 69 ? year + 1900 : year + 2000;
    return at + 2;
  },
  longMonth: readName(longMonths, (fields, index) => setMonth(fields, index + 1)),
  month: readName(shortMonths, (fields, index) => setMonth(fields, index + 1)),
  // The weekday has to be one, but not that of the date.
  longWeekday: readName(longWeekdays, ignore),
  weekday: readName(shortWeekdays, ignore),
  numericMonth: twoDigits(false, 1, 12, setMonth),
  zeroMonth: twoDigits(true, 1, 12, setMonth),
  day: readDay,
  blankDay: (text, at, fields) => readDay(text, text[at] === ' ' ? at + 1 : at, fields),
  zeroDay: twoDigits(true, 0, 99, setDay),
  zeroYearDay: readYearDay(0, 3),
  blankYearDay: readYearDay(2, 1),
  hour: twoDigits(false, 0, 23, setHour),
  hour12: twoDigits(false, 0, 12, setHour),
  zeroHour12: twoDigits(true, 0, 12, setHour),
  minute: twoDigits(false, 0, 59, setMinute),
  zeroMinute: twoDigits(true, 0, 59, setMinute),
  second: twoDigits(false, 0, 59, setSecond),
  zeroSecond: twoDigits(true, 0, 59, setSecond),
  PM: readHalfDay('AM', 'PM'),
  pm: readHalfDay('am', 'pm'),
  zone(text, at, fields) {
    if (text.startsWith('UTC', at)) {
      fields.isUtc = true;
      return at + 3;
    }
    const length = zoneNameLength(text, at);
    if (length === 0) return -1;
    fields.zoneName = text.slice(at, at + length);
    return at + length;
  },
};

/** Text must be there as it is, but a run of blanks stands for any run of them, or for none at the end of the text. */
function readText(expected: string): ReadPart {
  const pieces = expected.split(/( +)/).filter((piece) => piece !== '');
  if (pieces.length === 1 && !expected.startsWith(' ')) {
    return (text, at) => (text.startsWith(expected, at) ? at + expected.length : -1);
  }
  return (text, start) => {
    let at = start;
    for (const piece of pieces) {
      if (!piece.startsWith(' ')) {
        if (!text.startsWith(piece, at)) return -1;
        at += piece.length;
        continue;
      }
      if (at < text.length && text[at] !== ' ') return -1;
      while (text[at] === ' ') at += 1;
    }
    return at;
  };
}

function readName(names: readonly string[], set: (fields: Fields, index: number) => void): ReadPart {
  return (text, at, fields) => {
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      if (!hasName(text, at, name)) continue;
      set(fields, index);
      return at + name.length;
    }
    return -1;
  };
}

/** Without regard to the case of ASCII letters, which is all there is in names. */
function hasName(text: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    if ((text.charCodeAt(at + i) | 0x20) !== (name.charCodeAt(i) | 0x20)) return false;
  }
  return true;
}

function readHalfDay(am: string, pm: string): ReadPart {
  return (text, at, fields) => {
    if (text.startsWith(pm, at)) fields.halfDay = 'pm';
    else if (text.startsWith(am, at)) fields.halfDay = 'am';
    else return -1;
    return at + 2;
  };
}

function readYearDay(maxBlanks: number, minDigits: number): ReadPart {
  return (text, start, fields) => {
    let at = start;
    while (at < start + maxBlanks && text[at] === ' ') at += 1;
    const digitsFrom = at;
    let value = 0;
    while (at < digitsFrom + 3 && digitAt(text, at) >= 0) {
      value = value * 10 + digitAt(text, at);
      at += 1;
    }
    if (at - digitsFrom < minDigits) return -1;
    fields.yearDay = value;
    return at;
  };
}

function readOffset(count: number, hasColons: boolean, isZForUtc: boolean): ReadPart {
  return (text, at, fields) => {
    if (isZForUtc && text[at] === 'Z') {
      fields.isUtc = true;
      return at + 1;
    }
    const sign = text[at];
    if (sign !== '+' && sign !== '-') return -1;
    let seconds = 0;
    let end = at + 1;
    for (let i = 0, scale = 3600; i < count; i++, scale /= 60) {
      if (hasColons && i > 0 && text[end++] !== ':') return -1;
      const first = digitAt(text, end);
      const second = digitAt(text, end + 1);
      const value = first * 10 + second;
      // Some people do write 24 hours and 60 minutes.
      if (first < 0 || second < 0 || value > (i === 0 ? 24 : 60)) return -1;
      seconds += value * scale;
      end += 2;
    }
    fields.offset = sign === '-' ? -seconds : seconds;
    return end;
  };
}

/** A fraction of just as many digits. */
function readFraction(digits: number): ReadPart {
  return (text, at, fields) => {
    if (text.length < at + 1 + digits || !isPoint(text, at)) return -1;
    return setNanos(fields, text, at + 1, at + 1 + digits) ? at + 1 + digits : -1;
  };
}

/** A fraction of any number of digits, or none at all. */
function readOptionalFraction(text: string, at: number, fields: Fields): number {
  if (!isPoint(text, at)) return at;
  let end = at + 1;
  while (digitAt(text, end) >= 0) end += 1;
  if (end === at + 1) return at;
  setNanos(fields, text, at + 1, end);
  return end;
}

/** Seconds may have a fraction even where the layout has none. */
function thenStrayFraction(readSecond: ReadPart): ReadPart {
  return (text, start, fields) => {
    const at = readSecond(text, start, fields);
    return at < 0 ? -1 : readOptionalFraction(text, at, fields);
  };
}

/** Digits beyond the ninth do not count, nor are they looked at. Go lets a sign stand for the first. */
function setNanos(fields: Fields, text: string, start: number, end: number): boolean {
  const last = Math.min(end, start + 9);
  const sign = text[start] === '-' || text[start] === '+' ? 1 : 0;
  let nanos = 0;
  for (let i = start + sign; i < last; i++) {
    const digit = digitAt(text, i);
    if (digit < 0) return false;
    nanos = nanos * 10 + digit;
  }
  if (text[start] === '-' && nanos > 0) return false;
  for (let i = last; i < start + 9; i++) nanos *= 10;
  fields.nanos = nanos;
  return true;
}

function isPoint(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x2e || code === 0x2c;
}

/** −1 where there is no digit. */
function digitAt(text: string, at: number): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}
