import type { FlagRow } from '../cli/flag.js';
import { readFlag } from '../replay/plan-options.js';
import type { User } from './access.js';
import { type LokiLimits, parseLimits } from './loki-limits.js';

export interface PreflightOptions {
  readonly user: User | undefined;
  /** Undefined: as of the newest entry. */
  readonly nowMs: number | undefined;
  readonly limits: LokiLimits;
}

// biome-ignore format: one flag a line
export const preflightFlags: readonly FlagRow[] = [
  ['at', 'string', 'now', '', 'The moment to judge the age of lines by: now, newest (the newest line), or a time such as 2026-03-02T08:15:00Z.'],
  ['user', 'string', '', '', 'Check access to files as this user, UID[:GID[,GID…]]; without it as the user that runs the check.'],
  ['loki.limits', 'string', '', '', 'Limits of your Loki that differ from the defaults: max_global_streams_per_user=20000,max_line_size=1MB…'],
];

/** Throws a UsageError. */
export function readPreflightOptions(flag: (name: string) => string | undefined): PreflightOptions {
  const at = readFlag('at', flag, parseMoment);
  return {
    user: readFlag('user', flag, parseUser),
    nowMs: at === 'newest' ? undefined : (at ?? Date.now()),
    limits: readFlag('loki.limits', flag, parseLimits) ?? parseLimits(''),
  };
}

function parseMoment(text: string): number | 'newest' {
  if (text === 'newest') return text;
  if (text === 'now') return Date.now();
  return parseTime(text);
}

/** Milliseconds since 1970. Throws an Error. */
function parseTime(text: string): number {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new Error('expected now, newest or a time such as 2026-03-02T08:15:00Z');
  return ms;
}

function parseUser(text: string): User {
  const [, uid, gids = ''] = /^(\d+)(?::(\d+(?:,\d+)*))?$/.exec(text) ?? [];
  if (uid === undefined) throw new Error('expected UID or UID:GID, as numbers');
  return { uid: Number(uid), gids: gids === '' ? [] : gids.split(',').map(Number) };
}
