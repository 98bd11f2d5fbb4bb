import { groupOf, type UserGroup } from './user-group.js';

/** The values of an event that many other events have, too. '' where the event does not tell. */
export interface TraitValues {
  readonly level: string;
  readonly stage: string;
  readonly verb: string;
  readonly username: string;
  readonly impersonated: string;
  readonly isImpersonated: boolean;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly apiGroup: string;
  /** As it is written: `403`. */
  readonly code: string;
  readonly decision: string;
}

/** Those values together: nearly always the same object for the same values, so that what follows from them is worked out once. */
export interface Traits extends TraitValues {
  readonly user: UserGroup;
  /** What each part of the stage has worked out. */
  readonly derived: unknown[];
}

export function traitsOf(values: TraitValues): Traits {
  return { ...values, user: groupOf(values.username), derived: [undefined, undefined, undefined] };
}

/** Who works something out. */
const places = { labels: 0, metadata: 1, signals: 2 } as const;

/** Something that follows from traits, worked out once for the same object. */
export class PerTraits<T extends object> {
  readonly #place: number;
  readonly #derive: (traits: Traits) => T;

  constructor(of: keyof typeof places, derive: (traits: Traits) => T) {
    this.#place = places[of];
    this.#derive = derive;
  }

  of(traits: Traits): T {
    const derived = traits.derived[this.#place] as T | undefined;
    return derived ?? this.#remember(traits);
  }

  #remember(traits: Traits): T {
    const derived = this.#derive(traits);
    traits.derived[this.#place] = derived;
    return derived;
  }
}
