import { Metadata, MetadataWriter } from '../../entry/metadata.js';
import type { AuditEvent } from './audit-event.js';
import type { TraitField } from './event-fields.js';
import type { OwnField } from './own-fields.js';
import { shortened } from './short-value.js';
import type { Traits } from './traits.js';

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
    for (let index = 0; index < this.#own.length; index++) this.#own[index]!.write(event, writer);
    return writer;
  }

  /** What all events with these traits have. */
  #commonOf(traits: Traits): Metadata {
    const pairs = this.#common.map(({ name, read }) => [name, shortened(read(traits))] as const);
    return Metadata.of(pairs.filter(([, value]) => value !== ''));
  }
}
