/** Flat [start0, end0, start1, end1, …] in UTF-16 indexes; -1 twice for a group that took no part. */
export type MatchIndexes = readonly number[];

/** Runs one compiled pattern. Both engines give the same answers; they differ in speed and in how slow they can get. */
export interface RegexpEngine {
  test(text: string): boolean;
  /** The first match that begins at or after `from`. */
  exec(text: string, from: number): MatchIndexes | undefined;
  /** The captured texts of the first match, the whole match first. */
  groups(text: string): (string | undefined)[] | undefined;
}
