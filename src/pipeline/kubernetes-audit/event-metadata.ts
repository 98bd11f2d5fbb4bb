import type { Metadata } from '../../entry/entry.js';
import { textByteLength } from '../../entry/text.js';
import type { AuditEvent } from './audit-event.js';
import type { EventField } from './event-fields.js';

type Pair = Metadata[number];

const none: Metadata = [];

/** Clients choose most of these values. */
const maxValueBytes = 256;
/** As long as any text of so many characters can be. */
const surelyShort = Math.floor(maxValueBytes / 3);

/** What entry has already, and what the event tells, in so many bytes each. */
export function eventMetadata(
  before: Metadata | undefined,
  fields: readonly EventField[],
  event: AuditEvent,
): Pair[] {
  // An array that grows costs more than one that is cut.
  const pairs: Pair[] = new Array(fields.length + 2);
  let count = 0;
  for (const pair of before ?? none) pairs[count++] = pair;
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!;
    const value = field.read(event);
    if (value !== '') pairs[count++] = [field.name, value.length <= surelyShort ? value : shortened(value)];
  }
  pairs.length = count;
  return pairs;
}

function shortened(value: string): string {
  if (value.length <= maxValueBytes && textByteLength(value) <= maxValueBytes) return value;
  let short = value.slice(0, maxValueBytes);
  while (textByteLength(short) > maxValueBytes) short = short.slice(0, -1);
  // Not half a character.
  return short.isWellFormed() ? short : short.slice(0, -1);
}
