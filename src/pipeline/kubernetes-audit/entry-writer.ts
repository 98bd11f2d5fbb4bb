import type { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import type { AuditMetrics } from '../../metrics/audit-metrics.js';
import type { Tally } from '../../metrics/tally.js';
import type { AuditEvent } from './audit-event.js';
import { bodiesToCut, cutToSize } from './cut-to-size.js';
import { Edits } from './edits.js';
import { traitFields } from './event-fields.js';
import { EventMetadata } from './event-metadata.js';
import type { AuditOptions } from './options.js';
import { ownFields } from './own-fields.js';
import type { Pseudonyms } from './redact/pseudonyms.js';
import type { RedactionRule } from './redact/redaction.js';
import { Redactor } from './redact/redactor.js';
import { StreamGuard } from './stream-guard.js';

export interface EntryWriterDeps {
  readonly options: AuditOptions;
  readonly metrics: AuditMetrics;
  readonly pseudonyms: Pseudonyms | undefined;
  /** Told once for each label. */
  readonly warn: (about: object, message: string) => void;
}

/** Makes entries of events: labels and metadata, and the line as it may leave the host. */
export class EntryWriter {
  readonly #guard: StreamGuard;
  readonly #metadata: EventMetadata;
  readonly #redactor: Redactor;
  readonly #maxLineSize: number;
  readonly #metrics: AuditMetrics;
  readonly #edits = new Edits();
  #redactions: RedactionRule[] = [];
  #overflows: [label: string, reason: string][] = [];

  constructor({ options, metrics, pseudonyms, warn }: EntryWriterDeps) {
    const { labels, metadata, max_streams, max_label_values, max_line_size, redact } = options;
    const identity = pseudonyms === undefined ? undefined : (name: string) => pseudonyms.of(name);
    const shared = traitFields(identity ?? ((name) => name));
    const warned = new Set<string>();
    this.#metadata = new EventMetadata(
      shared.filter(({ name }) => metadata.includes(name) && !labels.includes(name)),
      ownFields(identity).filter(({ name }) => metadata.includes(name)),
    );
    this.#guard = new StreamGuard(
      shared.filter(({ name }) => labels.includes(name)),
      {
        maxStreams: max_streams,
        maxValues: max_label_values,
        onOverflow: (label, reason) => {
          this.#overflows.push([label, reason]);
          if (!warned.has(label))
            warn({ label, reason }, 'too many label values: those past the limit become other');
          warned.add(label);
        },
      },
    );
    this.#redactor = new Redactor({
      options: redact,
      pseudonyms,
      edits: this.#edits,
      onRedacted: (rule) => void this.#redactions.push(rule),
    });
    this.#maxLineSize = max_line_size;
    this.#metrics = metrics;
  }

  /** The entry's line becomes that of the event, unless it is already and stays as it is: those bytes are not touched. */
  write(entry: Entry, event: AuditEvent, isOwnLine: boolean, tally: Tally): void {
    const { bytes, start, end } = event;
    const edits = this.#edits;
    edits.clear();
    const tooLong = bodiesToCut(event, this.#maxLineSize);
    this.#redactor.redact(event, tooLong);
    entry.labels = this.#guard.label(entry.labels, event.traits, entry.seconds);
    const metadata = this.#metadata.begin(event, entry.metadata);
    if (this.#redactions.length > 0) metadata.pair('redacted', String(this.#redactions.length));
    const size = edits.isEmpty ? end - start : edits.sizeOf(start, end);
    if (size > this.#maxLineSize) {
      const cut = cutToSize(event, edits, this.#maxLineSize);
      entry.line = Line.ofBytes(cut.bytes);
      metadata.pair('cut', cut.parts.join(','));
      for (const part of cut.parts) tally.count(this.#metrics.clipped.at(part).series);
    } else if (!edits.isEmpty) {
      entry.line = Line.ofBytes(edits.apply(bytes, start, end));
    } else if (!isOwnLine) {
      entry.line = Line.ofBytes(bytes, start, end);
    }
    entry.metadata = metadata.end();
    if (this.#redactions.length + this.#overflows.length > 0) this.#count(tally);
  }

  #count(tally: Tally): void {
    const { redactions, labelOverflow } = this.#metrics;
    for (const rule of this.#redactions) tally.count(redactions.at(rule).series);
    for (const [label, reason] of this.#overflows) tally.count(labelOverflow.at(label).at(reason).series);
    this.#redactions = [];
    this.#overflows = [];
  }
}
