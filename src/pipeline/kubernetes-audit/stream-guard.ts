import type { Labels } from '../../entry/labels.js';
import { ActiveValues } from './active-values.js';
import type { AuditEvent } from './audit-event.js';
import type { EventField } from './event-fields.js';
import { other } from './request-kinds.js';

/** Longer than any name that Kubernetes allows for what these labels tell. */
const maxValueLength = 253;

export interface StreamLimits {
  readonly maxStreams: number;
  readonly maxValues: number;
  /** A label's value became `other`: the label has too many, or there are too many streams. */
  readonly onOverflow: (label: string, reason: 'values' | 'streams') => void;
}

interface GuardedLabel {
  readonly name: string;
  readonly read: (event: AuditEvent) => string;
  readonly values: ActiveValues;
}

/**
 * Labels events so that no client can choose how many streams there are: anybody may ask for any path with any method. Where a label
 * has too many values, or there are too many streams, values become `other`; the event itself still tells them.
 */
export class StreamGuard {
  /** The widest last. */
  readonly #labels: readonly GuardedLabel[];
  readonly #streams: ActiveValues;
  readonly #onOverflow: StreamLimits['onOverflow'];

  constructor(fields: readonly EventField[], { maxStreams, maxValues, onOverflow }: StreamLimits) {
    this.#labels = fields.map(({ name, read, readBounded }) => ({
      name,
      read: readBounded ?? read,
      values: new ActiveValues(maxValues),
    }));
    this.#streams = new ActiveValues(maxStreams);
    this.#onOverflow = onOverflow;
  }

  /** `base` with the event's labels. What the event does not tell is no label. */
  label(base: Labels, event: AuditEvent, seconds: number): Labels {
    let labels = base;
    for (let index = 0; index < this.#labels.length; index++) {
      const label = this.#labels[index]!;
      const value = label.read(event);
      if (value !== '') labels = labels.with(label.name, this.#bound(label, value, seconds));
    }
    return this.#streams.admit(labels.key, seconds) ? labels : this.#fold(base, labels, seconds);
  }

  #bound({ name, values }: GuardedLabel, value: string, seconds: number): string {
    if (value === other || (value.length <= maxValueLength && values.admit(value, seconds))) return value;
    this.#onOverflow(name, 'values');
    return other;
  }

  /** Gives up one label after the other until the stream is one that there is. All given up, it is one stream for each `base`. */
  #fold(base: Labels, labels: Labels, seconds: number): Labels {
    let folded = labels;
    for (const { name } of this.#labels.toReversed()) {
      if (folded.get(name) === base.get(name)) continue;
      folded = folded.with(name, other);
      this.#onOverflow(name, 'streams');
      if (this.#streams.admit(folded.key, seconds)) break;
    }
    return folded;
  }
}
