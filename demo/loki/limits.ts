/** Loki's limits that an agent can run into. `0` switches a limit off. Sizes in bytes, rates in bytes a second. */
export interface LokiLimits {
  maxLineSize: number;
  maxLabelNames: number;
  maxLabelNameLength: number;
  maxLabelValueLength: number;
  maxMetadataSize: number;
  maxMetadataCount: number;
  /** How far an entry may lie behind the newest one of its stream. */
  outOfOrderWindowMs: number;
  /** How old an entry may be. */
  maxAgeMs: number;
  /** How far in the future an entry may lie. */
  creationGraceMs: number;
  maxStreams: number;
  ingestionRate: number;
  ingestionBurst: number;
  streamRate: number;
  streamBurst: number;
  /** The size of a request as sent, and unpacked. */
  maxRequestSize: number;
  /** How many lines a query may ask for, and how long a time it may be about. */
  maxQueryEntries: number;
  maxQueryLengthMs: number;
}

/** What a Loki 3 has out of the box. */
export const lokiDefaults: LokiLimits = {
  maxLineSize: 256 * 1024,
  maxLabelNames: 15,
  maxLabelNameLength: 1024,
  maxLabelValueLength: 2048,
  maxMetadataSize: 64 * 1024,
  maxMetadataCount: 128,
  outOfOrderWindowMs: 3_600_000,
  maxAgeMs: 168 * 3_600_000,
  creationGraceMs: 600_000,
  maxStreams: 5000,
  ingestionRate: 4 * 2 ** 20,
  ingestionBurst: 6 * 2 ** 20,
  streamRate: 3 * 2 ** 20,
  streamBurst: 15 * 2 ** 20,
  maxRequestSize: 100 * 2 ** 20,
  maxQueryEntries: 5000,
  maxQueryLengthMs: 721 * 3_600_000,
};

/** The limits on what is sent, without those on when and how fast: what a test wants that writes fixed dates in a hurry. */
export const timelessLimits: LokiLimits = {
  ...lokiDefaults,
  maxAgeMs: 0,
  creationGraceMs: 0,
  ingestionRate: 0,
  streamRate: 0,
};
