/** Times as an API server writes them: RFC 3339, in UTC. The plain version is src/go/time/rfc3339.ts. */
import { isDigit } from './syntax';

const minuteLength: usize = 17;
/** The time up to its minute that was read last, without the colon behind it, and the seconds since 1970 until then. */
const minute: usize = memory.data(16, 16);
let minuteSeconds: u32 = 0;
let seconds: u32 = 0;
let nanos: u32 = 0;

/** Since 1970. */
export function timeSeconds(): u32 {
  return seconds;
}

export function timeNanos(): u32 {
  return nanos;
}

/** Reads a time from 1970 up to 2105. False: the bytes from `start` to before `end` are no such time, though they may be another. */
export function readTime(start: usize, end: usize): bool {
  const length = end - start;
  if (length < 20 || length === 21 || length > 30 || load<u8>(end - 1) !== 0x5a) return false;
  if (load<u8>(start + 16) !== 0x3a) return false;
  const isSame = i8x16.all_true(i8x16.eq(v128.load(start), v128.load(minute)));
  if (!isSame && !readMinute(start)) return false;
  const second = twoDigits(start + minuteLength);
  if (second > 59) return false;
  let fraction: u32 = 0;
  if (length > 20) {
    if (load<u8>(start + 19) !== 0x2e) return false;
    for (let at = start + 20; at < end - 1; at++) {
      const digit = load<u8>(at);
      if (!isDigit(digit)) return false;
      fraction = fraction * 10 + (digit - 0x30);
    }
    for (let digits = length - 21; digits < 9; digits++) fraction *= 10;
  }
  seconds = minuteSeconds + second;
  nanos = fraction;
  return true;
}

function readMinute(start: usize): bool {
  const isWritten =
    load<u8>(start + 4) === 0x2d && load<u8>(start + 7) === 0x2d && load<u8>(start + 10) === 0x54 && load<u8>(start + 13) === 0x3a;
  const century = twoDigits(start);
  const yearOfCentury = twoDigits(start + 2);
  const month = twoDigits(start + 5);
  const day = twoDigits(start + 8);
  const hour = twoDigits(start + 11);
  const minuteOfHour = twoDigits(start + 14);
  if (!isWritten || century > 99 || yearOfCentury > 99 || hour > 23 || minuteOfHour > 59) return false;
  const year = century * 100 + yearOfCentury;
  if (year < 1970 || year > 2105 || month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) return false;
  minuteSeconds = ((daysUntil(year, month) + day - 1) * 24 + hour) * 3600 + minuteOfHour * 60;
  v128.store(minute, v128.load(start));
  return true;
}

/** More than 99 when they are not digits. */
@inline
function twoDigits(at: usize): u32 {
  const first = load<u8>(at);
  const second = load<u8>(at + 1);
  return isDigit(first) && isDigit(second) ? <u32>(first - 0x30) * 10 + <u32>(second - 0x30) : 100;
}

function daysIn(month: u32, year: u32): u32 {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: u32): bool {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days from 1970 to the first of a month. */
function daysUntil(year: u32, month: u32): u32 {
  const before = year - 1;
  let days = (year - 1970) * 365 + before / 4 - before / 100 + before / 400 - 477;
  for (let earlier: u32 = 1; earlier < month; earlier++) days += daysIn(earlier, year);
  return days;
}
