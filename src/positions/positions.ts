/** Where reading resumes after a restart, by key: a file's path, or `cursor-…` for sources that have cursors. Values as Promtail writes them. */
export interface Positions {
  get(key: string): string | undefined;
  /** Notes that everything up to `value` is settled. It is on the disk at the next save. */
  put(key: string, value: string): void;
  remove(key: string): void;
}
