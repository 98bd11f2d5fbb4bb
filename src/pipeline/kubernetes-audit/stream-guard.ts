import type { Labels } from '../../entry/labels.js';
import { type ActiveValue, ActiveValues, see } from './active-values.js';
import type { TraitField } from './event-fields.js';
import { other } from './request-kinds.js';
import type { Placement, Traits } from './traits.js';

/** Longer than any name that Kubernetes allows for what these labels tell. */
const maxValueLength = 253;
/** Some are of traits that are forgotten. */
const maxPlacements = 10_000;

export interface StreamLimits {
  readonly maxStreams: number;
  readonly maxValues: number;
  /** A label's value became `other`: the label has too many, or there are too many streams. */
  readonly onOverflow: (label: string, reason: 'values' | 'streams') => void;
}

interface GuardedLabel {
  readonly name: string;
  readonly read: (traits: Traits) => string;
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
  /** Those that hold. */
  #placements: Placement[] = [];
  #evictions = 0;

  constructor(fields: readonly TraitField[], { maxStreams, maxValues, onOverflow }: StreamLimits) {
    const beforeEviction = () => this.#endPlacements();
    this.#labels = fields.map(({ name, read, readBounded }) => ({
      name,
      read: readBounded ?? read,
      values: new ActiveValues(maxValues, beforeEviction),
    }));
    this.#streams = new ActiveValues(maxStreams, beforeEviction);
    this.#onOverflow = onOverflow;
  }

  /** `base` with the event's labels. What the event does not tell is no label. */
  label(base: Labels, traits: Traits, seconds: number): Labels {
    const { placement } = traits;
    if (placement === undefined || placement.base !== base || placement.evictions !== this.#evictions)
      return this.#place(base, traits, seconds);
    if (seconds > placement.lastSeen) placement.lastSeen = seconds;
    return placement.labels;
  }

  #place(base: Labels, traits: Traits, seconds: number): Labels {
    const active: ActiveValue[] = [];
    let labels = base;
    let isBounded = false;
    for (const label of this.#labels) {
      const value = label.read(traits);
      if (value === '') continue;
      const bound = this.#bound(label, value, seconds, active);
      if (bound !== value) isBounded = true;
      labels = labels.with(label.name, bound);
    }
    const stream = this.#streams.admit(labels.key, seconds);
    if (stream === undefined) return this.#fold(base, labels, seconds);
    active.push(stream);
    // What is bounded is counted each time.
    if (!isBounded)
      this.#keep(traits, { base, labels, active, evictions: this.#evictions, lastSeen: seconds });
    return labels;
  }

  #keep(traits: Traits, placement: Placement): void {
    if (this.#placements.length === maxPlacements) this.#endPlacements();
    this.#placements.push(placement);
    traits.placement = placement;
  }

  /** What was seen is noted with the placement only, until it matters: to look at each value a line takes 0.1 µs. */
  #endPlacements(): void {
    for (const { active, lastSeen } of this.#placements) for (const value of active) see(value, lastSeen);
    this.#placements = [];
    this.#evictions++;
  }

  /** Adds to `active` what lets the value stand. */
  #bound({ name, values }: GuardedLabel, value: string, seconds: number, active: ActiveValue[]): string {
    if (value === other) return value;
    const admitted = value.length <= maxValueLength ? values.admit(value, seconds) : undefined;
    if (admitted === undefined) {
      this.#onOverflow(name, 'values');
      return other;
    }
    active.push(admitted);
    return value;
  }

  /** Gives up one label after the other until the stream is one that there is. All given up, it is one stream for each `base`. */
  #fold(base: Labels, labels: Labels, seconds: number): Labels {
    let folded = labels;
    for (const { name } of this.#labels.toReversed()) {
      if (folded.get(name) === base.get(name)) continue;
      folded = folded.with(name, other);
      this.#onOverflow(name, 'streams');
      if (this.#streams.admit(folded.key, seconds) !== undefined) break;
    }
    return folded;
  }
}
