import type { PlannedFile } from './plan-files.js';
import type { Replay } from './replay.js';

/** One file as it was read. */
export interface FileReport {
  readonly path: string;
  /** The path under which the agent ships its lines. */
  readonly readAs: string;
  readonly job: string;
  readonly bytes: number;
  readonly lines: number;
  /** At the end of a file that may still be written: no line until its newline comes. */
  readonly unfinishedBytes: number;
  /** Why it could not be read, or not to its end. */
  readonly error: string | null;
}

/** Thrown by a sink that cannot go on, which says nothing about the file. */
export class ReplayEnd extends Error {
  override readonly name: string = 'ReplayEnd';
}

/** Reads the files one after the other; one that cannot be read does not keep the others. Throws what the sink throws, and on an abort. */
export async function readFiles(
  files: readonly PlannedFile[],
  replay: Replay,
  signal: AbortSignal,
): Promise<FileReport[]> {
  const reports: FileReport[] = [];
  for (const file of files) {
    const { path, readAs, target } = file;
    const about = { path, readAs, job: target.job.job_name };
    try {
      reports.push({ ...about, ...(await replay.read(file)), error: null });
    } catch (error) {
      if (error instanceof ReplayEnd) throw error;
      reports.push({ ...about, bytes: 0, lines: 0, unfinishedBytes: 0, error: (error as Error).message });
    }
    signal.throwIfAborted();
  }
  return reports;
}
