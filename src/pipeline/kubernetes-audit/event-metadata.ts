import { Metadata, MetadataWriter } from '../../entry/metadata.js';
import { textByteLength } from '../../entry/text.js';
import type { AuditEvent } from './audit-event.js';
import type { OwnField, TraitField } from './event-fields.js';
import type { Traits } from './traits.js';

/** Clients choose most of these values. */
const maxValueBytes = 256;
/** As long as any text of so many characters can be. */
const surelyShort = Math.floor(maxValueBytes / 3);

/** Makes metadata of events. */
export class EventMetadata {
  readonly #common: readonly TraitField[];
  readonly #own: readonly OwnField[];
  readonly #writer = new MetadataWriter();

  constructor(common: readonly TraitField[], own: readonly OwnField[]) {
    this.#common = common;
    this.#own = own;
  }

  /** Writes what the entry has already, and what the event tells, in so many bytes each. The caller may write more, and ends it. */
  begin(event: AuditEvent, before: Metadata | undefined): MetadataWriter {
    const writer = this.#writer;
    if (before !== undefined) writer.all(before);
    event.traits.metadata ??= this.#commonOf(event.traits);
    writer.all(event.traits.metadata);
    for (let index = 0; index < this.#own.length; index++) {
      const field = this.#own[index]!;
      if (field.part !== undefined && event.writePiece(field.part, field.name, writer)) continue;
      const value = field.read(event);
      if (value !== '') writer.pair(field.name, shortened(value));
    }
    return writer;
  }

  /** What all events with these traits have. */
  #commonOf(traits: Traits): Metadata {
    const pairs = this.#common.map(({ name, read }) => [name, shortened(read(traits))] as const);
    return Metadata.of(pairs.filter(([, value]) => value !== ''));
  }
}

function shortened(value: string): string {
  if (value.length <= surelyShort) return value;
  if (value.length <= maxValueBytes && textByteLength(value) <= maxValueBytes) return value;
  let short = value.slice(0, maxValueBytes);
  while (textByteLength(short) > maxValueBytes) short = short.slice(0, -1);
  // Not half a character.
  return short.isWellFormed() ? short : short.slice(0, -1);
}
