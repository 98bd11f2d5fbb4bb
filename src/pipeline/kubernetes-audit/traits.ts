import type { Labels } from '../../entry/labels.js';
import type { Metadata } from '../../entry/metadata.js';
import type { BucketSeries, CountedSeries } from '../../metrics/series-tree.js';
import type { ActiveValue } from './active-values.js';
import { isLongRunning } from './request-kinds.js';
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

/**
 * Those values together: nearly always the same object for the same values. What follows from them is worked out once, and kept here:
 * the guard of streams, the metadata and the signals each look at what is theirs. When a line comes, hardly anything of this is in the
 * processor's caches: it lies in as few places as can be.
 */
export interface Traits extends TraitValues {
  readonly user: UserGroup;
  readonly lastsLong: boolean;
  placement: Placement | undefined;
  metadata: Metadata | undefined;
  counts: Counts | undefined;
}

/** The labels that the stream guard last gave to events with these traits: they may have them again as long as none of it was evicted. */
export interface Placement {
  /** What the entry had before. */
  readonly base: Labels;
  readonly labels: Labels;
  /** What the labels rest on. */
  readonly active: readonly ActiveValue[];
  /** How often something had been evicted by then. */
  readonly evictions: number;
  lastSeen: number;
}

/** What events with these traits count for. */
export interface Counts {
  /** Each of them counts. */
  readonly series: readonly CountedSeries[];
  /** They end their requests. */
  readonly isTerminal: boolean;
  /** How long those took; made when the first tells it. */
  duration: BucketSeries | undefined;
  /** What else they may count for depends on more than the traits. */
  readonly isAnonymous: boolean;
  readonly isWatchedChange: boolean;
  readonly isForbidden: boolean;
}

export function traitsOf(values: TraitValues): Traits {
  const user = groupOf(values.username);
  const lastsLong = isLongRunning(values.verb, values.subresource);
  return { ...values, user, lastsLong, placement: undefined, metadata: undefined, counts: undefined };
}
