import { utc } from '../../go/time/location.js';
import { readRfc3339 } from '../../go/time/rfc3339.js';

/** As the API server writes a time: 26 digits and signs, and the `Z`, between quotes. */
const usualLength = '"2006-01-02T15:04:05.000000Z"'.length;
/** Up to the point; the opening quote and the point make whole words of it. */
const wholeLength = '"2006-01-02T15:04:05'.length;

/** Reads the times of events. Most have the second of the time before, which is then not read again. */
export class EventTimes {
  readonly #lastSecond = new DataView(new ArrayBuffer(wholeLength));
  #lastMicros = Number.NaN;

  /** Microseconds since 1970 of the time between quotes at `start` and before `end`; NaN when it is none (`null`: not set). */
  read(bytes: Buffer, view: DataView, start: number, end: number): number {
    if (end - start !== usualLength || bytes[start + wholeLength] !== point || bytes[end - 2] !== letterZ) {
      return microsOf(bytes.toString('latin1', start + 1, end - 1));
    }
    const fraction = start + wholeLength + 1;
    let micros = 0;
    for (let at = fraction; at < fraction + 6; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) return Number.NaN;
      micros = micros * 10 + digit;
    }
    return this.#readSecond(bytes, view, start) + micros;
  }

  #readSecond(bytes: Buffer, view: DataView, start: number): number {
    const last = this.#lastSecond;
    let isSame = true;
    for (let at = 0; at < wholeLength; at += 4) {
      const word = view.getInt32(start + at, true);
      if (last.getInt32(at, true) === word) continue;
      isSame = false;
      last.setInt32(at, word, true);
    }
    if (!isSame) this.#lastMicros = microsOf(`${bytes.toString('latin1', start + 1, start + wholeLength)}Z`);
    return this.#lastMicros;
  }
}

const point = 0x2e;
const letterZ = 0x5a;

function microsOf(text: string): number {
  const time = readRfc3339(text, utc);
  return time === undefined ? Number.NaN : time.seconds * 1e6 + Math.floor(time.nanos / 1000);
}
