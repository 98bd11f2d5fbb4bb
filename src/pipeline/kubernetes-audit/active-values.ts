/** A value that has not been seen for this long makes room for another. Loki closes the chunk of a silent stream after half of it. */
const idleSeconds = 3600;
/** To look for idle values costs time, and hardly any become idle within a minute. */
const secondsBetweenEvictions = 60;

export interface ActiveValue {
  readonly value: string;
  /** In seconds since 1970. */
  lastSeen: number;
}

/** It is still there. */
export function see(active: ActiveValue, seconds: number): void {
  if (seconds > active.lastSeen) active.lastSeen = seconds;
}

/** The values seen within the last hour of the events' own time, up to a number of them. */
export class ActiveValues {
  readonly #max: number;
  readonly #beforeEviction: () => void;
  readonly #active = new Map<string, ActiveValue>();
  #nextEviction = Number.NEGATIVE_INFINITY;

  /** `beforeEviction`: what was seen since it was admitted has to be told now; then it may not be active any more. */
  constructor(max: number, beforeEviction: () => void) {
    this.#max = max;
    this.#beforeEviction = beforeEviction;
  }

  /** `value` among the active ones, if it is or there is room for it to be. */
  admit(value: string, seconds: number): ActiveValue | undefined {
    const known = this.#active.get(value);
    if (known !== undefined) {
      see(known, seconds);
      return known;
    }
    if (this.#active.size >= this.#max) this.#evict(seconds);
    if (this.#active.size >= this.#max) return undefined;
    const active = { value, lastSeen: seconds };
    this.#active.set(value, active);
    return active;
  }

  #evict(seconds: number): void {
    if (seconds < this.#nextEviction) return;
    this.#nextEviction = seconds + secondsBetweenEvictions;
    this.#beforeEviction();
    for (const [value, { lastSeen }] of this.#active) {
      if (lastSeen < seconds - idleSeconds) this.#active.delete(value);
    }
  }
}
