import type { Labels } from '../entry/labels.js';

/** Where entries with certain labels go. */
export interface Destination {
  /** With the external labels. */
  readonly labels: Labels;
  /** '' for none. */
  readonly tenant: string;
  /** It cannot be put into a header, so no push can carry it. */
  readonly isTenantBad: boolean;
}

/** Finds destinations: worked out once for each label set. */
export class Destinations {
  readonly #external: readonly (readonly [string, string])[];
  readonly #tenantOf: (labels: Labels) => string;
  readonly #known = new WeakMap<Labels, Destination>();
  #lastLabels: Labels | undefined;
  #last: Destination | undefined;

  constructor(external: ReadonlyMap<string, string>, tenantOf: (labels: Labels) => string) {
    this.#external = [...external];
    this.#tenantOf = tenantOf;
  }

  of(labels: Labels): Destination {
    if (labels === this.#lastLabels) return this.#last!;
    let destination = this.#known.get(labels);
    if (destination === undefined) {
      destination = this.#find(labels);
      this.#known.set(labels, destination);
    }
    this.#lastLabels = labels;
    this.#last = destination;
    return destination;
  }

  #find(own: Labels): Destination {
    let labels = own;
    for (const [name, value] of this.#external) if (!own.has(name)) labels = labels.with(name, value);
    const tenant = this.#tenantOf(labels);
    return { labels, tenant, isTenantBad: /[\0-\x08\x0a-\x1f\x7f]/.test(tenant) };
  }
}
