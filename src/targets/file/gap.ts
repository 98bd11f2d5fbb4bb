/** Why lines are missing: the file was deleted by rotation, cut in place, or what is there cannot be decompressed. */
export type GapReason = 'pruned' | 'cut' | 'unreadable';

/** Lines that were there, or may have been, and that nobody can read any more. */
export interface Gap {
  readonly reason: GapReason;
  /** How many files and bytes, as far as that is known. */
  readonly files: number | undefined;
  readonly bytes: number | undefined;
  /** Where the last bytes before the gap were read. */
  readonly after: { readonly path: string; readonly offset: number };
}

/**
 * The line that stands for a gap in the stream, where people look for what is missing:
 * `{"auditail":"gap","reason":"pruned","path":"/var/log/audit.log","lost_files":1,"lost_bytes":1048576,"after":{"path":…,"offset":…}}`.
 * A number that is not known is null.
 */
export function printGap(gap: Gap, path: string): string {
  return JSON.stringify({
    auditail: 'gap',
    reason: gap.reason,
    path,
    lost_files: gap.files ?? null,
    lost_bytes: gap.bytes ?? null,
    after: gap.after,
  });
}
