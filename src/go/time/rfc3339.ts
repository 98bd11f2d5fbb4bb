import { daysInMonth, secondsFromCivil } from './civil.js';
import type { ZonedTime } from './fields.js';
import { fixedLocation, type Location, utc } from './location.js';

/**
 * Reads the usual form of an RFC 3339 time straight from its digits; undefined for all others, valid ones included, which
 * the layout then reads. More than twice as fast as that.
 */
export function readRfc3339(text: string, local: Location): ZonedTime | undefined {
  const length = text.length;
  if (length < 20) return undefined;
  if (
    text.charCodeAt(4) !== dash ||
    text.charCodeAt(7) !== dash ||
    text.charCodeAt(10) !== letterT ||
    text.charCodeAt(13) !== colon ||
    text.charCodeAt(16) !== colon
  ) {
    return undefined;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // Not-a-number, which stands for anything but two digits, fails these too.
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(month, year)))
    return undefined;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  let at = 19;
  let nanos = 0;
  if (text.charCodeAt(at) === point) {
    at += 1;
    let scale = 100_000_000;
    for (; isDigit(text.charCodeAt(at)); at++) {
      nanos += (text.charCodeAt(at) - zero) * scale;
      scale = scale === 1 ? 0 : scale / 10;
    }
    if (at === 20) return undefined;
  }
  const seconds = secondsFromCivil(year, month, day, hour, minute, second);
  if (at === length - 1 && text.charCodeAt(at) === letterZ) return { seconds, nanos, location: utc };
  return readOffset(text, at, seconds, nanos, local);
}

const dash = 0x2d;
const point = 0x2e;
const zero = 0x30;
const colon = 0x3a;
const letterT = 0x54;
const letterZ = 0x5a;

function readOffset(
  text: string,
  at: number,
  wall: number,
  nanos: number,
  local: Location,
): ZonedTime | undefined {
  if (text.length !== at + 6 || text.charCodeAt(at + 3) !== colon) return undefined;
  const sign = text[at];
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if ((sign !== '+' && sign !== '-') || !(hours <= 23 && minutes <= 59)) return undefined;
  const size = hours * 3600 + minutes * 60;
  const offset = sign === '-' ? -size : size;
  const seconds = wall - offset;
  const isHere = local.periodAt(seconds).offset === offset;
  return { seconds, nanos, location: isHere ? local : fixedLocation('', offset) };
}

function twoDigits(text: string, at: number): number {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  return isDigit(first) && isDigit(second) ? (first - zero) * 10 + second - zero : Number.NaN;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= zero + 9;
}
