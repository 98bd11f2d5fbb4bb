import type { Metadata } from '../../entry/entry.js';
import { textByteLength } from '../../entry/text.js';
import type { AuditEvent } from './audit-event.js';
import type { EventField } from './event-fields.js';

type Pair = Metadata[number];

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
  const pairs: Pair[] = before === undefined ? [] : [...before];
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!;
    const value = field.read(event);
    if (value !== '') pairs.push([field.name, value.length <= surelyShort ? value : shortened(value)]);
  }
  return pairs;
}

function shortened(value: string): string {
  if (value.length <= maxValueBytes && textByteLength(value) <= maxValueBytes) return value;
  let short = value.slice(0, maxValueBytes);
  while (textByteLength(short) > maxValueBytes) short = short.slice(0, -1);
  // Not half a character.
  return short.isWellFormed() ? short : short.slice(0, -1);
}
