import type { Buffer } from 'node:buffer';
import type { ExtractedValue } from '../../entry/extracted.js';
import { Line } from '../../entry/line.js';
import { encodeJson } from './encode.js';
import { hasOddEscape } from './parse.js';
import type { JsonValue } from './value.js';
import { JsonWalker, kinds } from './walker.js';
import { maxOutputs } from './walker-instance.js';
import { wantedPaths } from './wanted-paths.js';

/**
 * Picks the values of plain paths (`user.username`) out of the bytes of a line, making no string of anything else. Where it succeeds,
 * the values are those of parseJson, the paths followed, and encodeJson.
 */
export class JsonFieldScanner {
  /** So many paths at most. */
  static readonly maxPaths = maxOutputs;
  /**
   * Values of the last scan that succeeded, in the order of the paths. Overwritten by the next. A text that is not likely to come again is
   * a piece of the line, for whoever is asked for it to decode.
   */
  readonly values: (ExtractedValue | Line)[];
  readonly #walker: JsonWalker;
  /** The paths that each output of the walker is for. */
  readonly #pathsOf: readonly (readonly number[])[];

  constructor(paths: readonly (readonly string[])[]) {
    const wanted = wantedPaths(paths);
    this.#walker = new JsonWalker(wanted, false);
    this.#pathsOf = wanted.pathsOf;
    this.values = paths.map(() => null);
  }

  /** Scans `bytes` from `start` to `end`, one whole line. False: malformed, or odd in a way that is left to parseJson to judge. */
  scan(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#walker.scan(bytes, start, end)) return false;
    for (let output = 0; output < this.#pathsOf.length; output++) {
      const value = this.#valueOf(output, bytes);
      if (value === undefined) return false;
      const paths = this.#pathsOf[output]!;
      for (let i = 0; i < paths.length; i++) this.values[paths[i]!] = value;
    }
    return true;
  }

  /** Undefined when it is left to the full reader. */
  #valueOf(output: number, bytes: Buffer): ExtractedValue | Line | undefined {
    const walker = this.#walker;
    switch (walker.kindOf(output)) {
      case kinds.known:
      case kinds.returning:
        return walker.textOf(output);
      case kinds.ascii:
        return Line.ofBytes(bytes, walker.startOf(output) + 1, walker.endOf(output) - 1);
      case kinds.text:
        return decode(bytes, walker.startOf(output) + 1, walker.endOf(output) - 1);
      case kinds.escaped:
        return parse(bytes, walker.startOf(output), walker.endOf(output)) as string | undefined;
      case kinds.number:
        return readNumber(bytes, walker.startOf(output), walker.endOf(output));
      case kinds.yes:
        return true;
      case kinds.no:
        return false;
      case kinds.container: {
        const value = parse(bytes, walker.startOf(output), walker.endOf(output));
        return value === undefined ? undefined : encodeJson(value);
      }
      default:
        return null;
    }
  }
}

/** The bytes are a number as JSON writes it, without an exponent. */
function readNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > 15) return Number(bytes.toString('latin1', start, end));
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    // A sign or a point.
    if (digit < 0) return Number(bytes.toString('latin1', start, end));
    value = value * 10 + digit;
  }
  return value;
}

/** Undefined if the JSON text is not valid UTF-8, or has an escape that is left to the full reader. */
function parse(bytes: Buffer, start: number, end: number): JsonValue | undefined {
  const written = decode(bytes, start, end);
  return written === undefined || hasOddEscape(written) ? undefined : (JSON.parse(written) as JsonValue);
}

/** Undefined if the bytes are not valid UTF-8, or hold what stands for such bytes. */
function decode(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  return text.includes('\ufffd') ? undefined : text;
}
