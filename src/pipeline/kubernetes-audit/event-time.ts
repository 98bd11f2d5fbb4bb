import { secondsFromCivil } from '../../go/time/civil.js';
import { utc } from '../../go/time/location.js';
import { readRfc3339 } from '../../go/time/rfc3339.js';

/** Microseconds since 1970 of the time between quotes at `start` and before `end`; NaN when it is none (`null`: not set). */
export function readMicros(bytes: Buffer, start: number, end: number): number {
  return isUsual(bytes, start, end) ? usualMicros(bytes, start + 1) : otherMicros(bytes, start, end);
}

/** As the API server writes them: `"2006-01-02T15:04:05.000000Z"`. */
function isUsual(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== layout.length) return false;
  for (let index = 0; index < layout.length; index++) {
    const wanted = layout[index]!;
    const byte = bytes[start + index]!;
    if (wanted === zero ? byte < zero || byte > nine : byte !== wanted) return false;
  }
  return true;
}

const layout = Buffer.from('"0000-00-00T00:00:00.000000Z"');
const zero = 0x30;
const nine = 0x39;

function usualMicros(bytes: Buffer, at: number): number {
  const hour = two(bytes, at + 11);
  const minute = two(bytes, at + 14);
  const second = two(bytes, at + 17);
  const month = two(bytes, at + 5);
  const day = two(bytes, at + 8);
  if (hour > 23 || minute > 59 || second > 59 || month < 1 || month > 12 || day < 1 || day > 31)
    return Number.NaN;
  const year = two(bytes, at) * 100 + two(bytes, at + 2);
  const micros = two(bytes, at + 20) * 10_000 + two(bytes, at + 22) * 100 + two(bytes, at + 24);
  return secondsFromCivil(year, month, day, hour, minute, second) * 1e6 + micros;
}

function two(bytes: Buffer, at: number): number {
  return (bytes[at]! - zero) * 10 + bytes[at + 1]! - zero;
}

function otherMicros(bytes: Buffer, start: number, end: number): number {
  const time = readRfc3339(bytes.toString('latin1', start + 1, end - 1), utc);
  return time === undefined ? Number.NaN : time.seconds * 1e6 + Math.floor(time.nanos / 1000);
}
