/** A value that has not been seen for this long makes room for another. Loki closes the chunk of a silent stream after half of it. */
const idleSeconds = 3600;
/** To look for idle values costs time, and hardly any become idle within a minute. */
const secondsBetweenEvictions = 60;

interface ActiveValue {
  readonly value: string;
  lastSeen: number;
}

/** The values seen within the last hour of the events' own time, up to a number of them. */
export class ActiveValues {
  readonly #max: number;
  readonly #active = new Map<string, ActiveValue>();
  /** Values repeat: to look at the last one first saves half of the look-ups. */
  #last: ActiveValue | undefined;
  #nextEviction = Number.NEGATIVE_INFINITY;

  constructor(max: number) {
    this.#max = max;
  }

  /** True if `value` is among the active ones, or there is room for it to be. */
  admit(value: string, seconds: number): boolean {
    const known = this.#last?.value === value ? this.#last : this.#active.get(value);
    if (known !== undefined) {
      if (seconds > known.lastSeen) known.lastSeen = seconds;
      this.#last = known;
      return true;
    }
    if (this.#active.size >= this.#max) this.#evict(seconds);
    if (this.#active.size >= this.#max) return false;
    this.#active.set(value, { value, lastSeen: seconds });
    return true;
  }

  #evict(seconds: number): void {
    if (seconds < this.#nextEviction) return;
    this.#nextEviction = seconds + secondsBetweenEvictions;
    this.#last = undefined;
    for (const [value, { lastSeen }] of this.#active) {
      if (lastSeen < seconds - idleSeconds) this.#active.delete(value);
    }
  }
}
