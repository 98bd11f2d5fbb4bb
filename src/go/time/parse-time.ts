import { Fields, type ZonedTime } from './fields.js';
import { type LayoutPart, splitLayout } from './layout-parts.js';
import { rfc3339, rfc3339Nano } from './layouts.js';
import { type Location, utc } from './location.js';
import { MachineLocation } from './machine-location.js';
import { readerOf } from './read-part.js';
import { readRfc3339 } from './rfc3339.js';

export type TimeParser = (text: string) => ZonedTime | undefined;

/**
 * Go's `time.ParseInLocation(layout, text, location)`, or `time.Parse(layout, text)` without a location: then times
 * without a zone are UTC, and abbreviations those of the machine's own zone.
 */
export function compileTimeParser(layout: string, location?: Location): TimeParser {
  const parts = splitLayout(layout);
  const readers = parts.map((part, index) => readerOf(part, nextPart(parts, index)));
  const hasZone = parts.some((part) => part.kind === 'zone' || part.kind === 'offset');
  const assumed = location ?? utc;
  const local = location ?? (hasZone ? new MachineLocation() : utc);
  const fields = new Fields();
  const parse: TimeParser = (text) => {
    fields.clear();
    let at = 0;
    for (const read of readers) {
      at = read(text, at, fields);
      if (at < 0) return undefined;
    }
    return at === text.length ? fields.toTime(assumed, local) : undefined;
  };
  if (layout !== rfc3339 && layout !== rfc3339Nano) return parse;
  return (text) => readRfc3339(text, local) ?? parse(text);
}

function nextPart(parts: LayoutPart[], index: number): LayoutPart | undefined {
  return parts.slice(index + 1).find((part) => part.kind !== 'text');
}
