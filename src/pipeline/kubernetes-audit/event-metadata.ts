import type { Metadata } from '../../entry/entry.js';
import { textByteLength } from '../../entry/text.js';
import type { AuditEvent } from './audit-event.js';
import type { EventField, FieldName } from './event-fields.js';

type Pair = Metadata[number];

/** Different in nearly every event. */
const unique: ReadonlySet<FieldName> = new Set(['audit_id', 'latency_ms', 'name']);
const maxRemembered = 1000;

/** Clients choose most of these values. */
const maxValueBytes = 256;
/** As long as any text of so many characters can be. */
const surelyShort = Math.floor(maxValueBytes / 3);

const none: Metadata = [];

/** Makes metadata of events. The pairs of most fields are the same again and again: to find one costs less than to make and collect it. */
export class EventMetadata {
  readonly #fields: readonly RememberedField[];

  constructor(fields: readonly EventField[]) {
    this.#fields = fields.map((field) => new RememberedField(field));
  }

  /** What the entry has already, and what the event tells, in so many bytes each. */
  of(event: AuditEvent, before: Metadata | undefined): Pair[] {
    // An array that grows costs more than one that is cut.
    const pairs: Pair[] = new Array(this.#fields.length + 2);
    let count = 0;
    for (const pair of before ?? none) pairs[count++] = pair;
    for (let index = 0; index < this.#fields.length; index++) {
      const pair = this.#fields[index]!.pairOf(event);
      if (pair !== undefined) pairs[count++] = pair;
    }
    pairs.length = count;
    return pairs;
  }
}

class RememberedField {
  readonly #name: FieldName;
  readonly #read: EventField['read'];
  readonly #isUnique: boolean;
  readonly #known = new Map<string, Pair>();
  /** Values repeat: to look at the last one first saves half of the look-ups. */
  #lastValue = '';
  #lastPair: Pair | undefined;

  constructor({ name, read }: EventField) {
    this.#name = name;
    this.#read = read;
    this.#isUnique = unique.has(name);
  }

  /** Undefined when the event does not tell. */
  pairOf(event: AuditEvent): Pair | undefined {
    const value = this.#read(event);
    if (value === '') return undefined;
    if (value === this.#lastValue) return this.#lastPair;
    // What is remembered must not be of any length.
    if (this.#isUnique || value.length > surelyShort) return this.#make(value);
    this.#lastPair = this.#known.get(value) ?? this.#remember(value);
    this.#lastValue = value;
    return this.#lastPair;
  }

  #remember(value: string): Pair {
    const pair = this.#make(value);
    if (this.#known.size === maxRemembered) this.#known.clear();
    this.#known.set(value, pair);
    return pair;
  }

  #make(value: string): Pair {
    return [this.#name, value.length <= surelyShort ? value : shortened(value)];
  }
}

function shortened(value: string): string {
  if (value.length <= maxValueBytes && textByteLength(value) <= maxValueBytes) return value;
  let short = value.slice(0, maxValueBytes);
  while (textByteLength(short) > maxValueBytes) short = short.slice(0, -1);
  // Not half a character.
  return short.isWellFormed() ? short : short.slice(0, -1);
}
