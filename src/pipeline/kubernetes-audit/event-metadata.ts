import type { Metadata } from '../../entry/entry.js';
import { textByteLength } from '../../entry/text.js';
import type { AuditEvent } from './audit-event.js';
import type { FieldName, OwnField, TraitField } from './event-fields.js';
import type { Traits } from './traits.js';

type Pair = Metadata[number];

const maxRemembered = 1000;

/** Clients choose most of these values. */
const maxValueBytes = 256;
/** As long as any text of so many characters can be. */
const surelyShort = Math.floor(maxValueBytes / 3);

const none: Metadata = [];

/** Makes metadata of events. Most pairs are the same again and again: to find one costs less than to make and collect it. */
export class EventMetadata {
  readonly #common: readonly CommonPair[];
  readonly #own: readonly OwnPair[];
  /** Those of the event that is looked at; as many as it has. */
  readonly #ownPairs: Pair[] = [];

  constructor(traitFields: readonly TraitField[], ownFields: readonly OwnField[]) {
    this.#common = traitFields.map(({ name, read }) => ({ read, pairs: new Pairs(name) }));
    this.#own = ownFields.map((field) => new OwnPair(field));
  }

  /** What the entry has already, and what the event tells, in so many bytes each. */
  of(event: AuditEvent, before: Metadata = none): Pair[] {
    const own = this.#ownPairs;
    let count = 0;
    for (let index = 0; index < this.#own.length; index++) {
      const pair = this.#own[index]!.of(event);
      if (pair !== undefined) own[count++] = pair;
    }
    event.traits.pairs ??= this.#commonPairs(event.traits);
    const common = event.traits.pairs;
    // As long as it will be: to cut one costs 0.04 µs, to let it grow more.
    const pairs: Pair[] = new Array(before.length + common.length + count);
    let at = 0;
    for (let index = 0; index < before.length; index++) pairs[at++] = before[index]!;
    for (let index = 0; index < common.length; index++) pairs[at++] = common[index]!;
    for (let index = 0; index < count; index++) pairs[at++] = own[index]!;
    return pairs;
  }

  /** The pairs that all events with these traits have. */
  #commonPairs(traits: Traits): Pair[] {
    return this.#common.map(({ read, pairs }) => pairs.of(read(traits))).filter((pair) => pair !== undefined);
  }
}

interface CommonPair {
  readonly read: TraitField['read'];
  readonly pairs: Pairs;
}

class OwnPair {
  readonly #field: OwnField;
  readonly #pairs: Pairs | undefined;

  constructor(field: OwnField) {
    this.#field = field;
    this.#pairs = field.isShared ? new Pairs(field.name) : undefined;
  }

  /** Undefined when the event does not tell. */
  of(event: AuditEvent): Pair | undefined {
    const { name, read } = this.#field;
    const value = read(event);
    if (this.#pairs !== undefined) return this.#pairs.of(value);
    return value === '' ? undefined : makePair(name, value);
  }
}

/** The pairs of one name. */
class Pairs {
  readonly #name: FieldName;
  readonly #known = new Map<string, Pair>();
  /** Values repeat: to look at the last one first saves half of the look-ups. */
  #lastValue = '';
  #lastPair: Pair | undefined;

  constructor(name: FieldName) {
    this.#name = name;
  }

  /** The same pair for the same value; undefined for ''. */
  of(value: string): Pair | undefined {
    if (value === '') return undefined;
    if (value === this.#lastValue) return this.#lastPair;
    // What is remembered must not be of any length.
    if (value.length > surelyShort) return makePair(this.#name, value);
    this.#lastPair = this.#known.get(value) ?? this.#remember(value);
    this.#lastValue = value;
    return this.#lastPair;
  }

  #remember(value: string): Pair {
    const pair = makePair(this.#name, value);
    if (this.#known.size === maxRemembered) this.#known.clear();
    this.#known.set(value, pair);
    return pair;
  }
}

function makePair(name: FieldName, value: string): Pair {
  return [name, value.length <= surelyShort ? value : shortened(value)];
}

function shortened(value: string): string {
  if (value.length <= maxValueBytes && textByteLength(value) <= maxValueBytes) return value;
  let short = value.slice(0, maxValueBytes);
  while (textByteLength(short) > maxValueBytes) short = short.slice(0, -1);
  // Not half a character.
  return short.isWellFormed() ? short : short.slice(0, -1);
}
