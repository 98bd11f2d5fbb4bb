import { localLocation } from './load-location.js';
import type { Location, ZonePeriod } from './location.js';

/** The machine's own zone, looked up when it is first needed: that costs 20 ms and 2 MB, and most times are written in UTC. */
export class MachineLocation implements Location {
  #found: Location | undefined;

  get name(): string {
    return this.#location.name;
  }

  periodAt(seconds: number): ZonePeriod {
    return this.#location.periodAt(seconds);
  }

  offsetOf(abbreviation: string, wallSeconds: number): number | undefined {
    return this.#location.offsetOf(abbreviation, wallSeconds);
  }

  get #location(): Location {
    this.#found ??= localLocation();
    return this.#found;
  }
}
