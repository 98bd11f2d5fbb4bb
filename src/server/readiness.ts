import type { AgentView } from './agent-view.js';
import { filesOf } from './file-table.js';

/** What `/ready` tells programs: whether the agent is ready, and how far it is behind. */
export interface Readiness {
  readonly ready: boolean;
  /** Bytes on the disk that are not read yet, those of rotated files too. */
  readonly backlog_bytes: number;
  /** Rotated files that are not read to their end. */
  readonly backlog_files: number;
  /** When rotation will delete the first of them, going on as before; null when none is in danger, or that cannot be told. */
  readonly pruned_in_seconds: number | null;
}

export function readinessOf(agent: AgentView, isReady: boolean): Readiness {
  const files = agent.jobs.flatMap(filesOf);
  const pruned = files.map((file) => file.prunedInSeconds).filter((seconds) => seconds !== undefined);
  return {
    ready: isReady,
    backlog_bytes: files.reduce((sum, { lagBytes }) => sum + lagBytes, 0),
    backlog_files: files.reduce((sum, { backlogFiles }) => sum + backlogFiles, 0),
    pruned_in_seconds: pruned.length === 0 ? null : Math.min(...pruned),
  };
}
