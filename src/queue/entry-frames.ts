import type { Buffer } from 'node:buffer';
import type { Entry } from '../entry/entry.js';
import { frameOf } from './frame.js';
import { encodeEntries } from './record.js';

/** Lines that go into one record: enough to be cheap, few enough to be read at once. */
const recordBytes = 128 * 1024;

/** The entries as they stand in a segment. */
export function framesOf(entries: readonly Entry[]): Buffer[] {
  const frames: Buffer[] = [];
  let start = 0;
  let bytes = 0;
  for (const [index, { line }] of entries.entries()) {
    bytes += line.byteLength;
    if (bytes < recordBytes) continue;
    frames.push(frameOf(encodeEntries(entries.slice(start, index + 1))));
    start = index + 1;
    bytes = 0;
  }
  if (start < entries.length) frames.push(frameOf(encodeEntries(entries.slice(start))));
  return frames;
}
