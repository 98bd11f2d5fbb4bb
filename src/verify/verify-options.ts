import type { FlagRow } from '../cli/flag.js';
import { parseGoDuration } from '../go/duration.js';
import { readFlag } from '../replay/plan-options.js';

export interface VerifyOptions {
  /** Where to ask; undefined: where the client pushes to. */
  readonly lokiUrl: URL | undefined;
  /** Nanoseconds since 1970. */
  readonly since: bigint | undefined;
  readonly until: bigint | undefined;
  readonly waitMs: number;
}

// biome-ignore format: one flag a line
export const verifyFlags: readonly FlagRow[] = [
  ['loki.url', 'string', '', '', 'The Loki to ask, as in http://loki:3100; by default the address that the client pushes to, without /loki/api/v1/push.'],
  ['since', 'string', '', '', 'Only lines from this time on: 2026-03-02T08:15:00Z, or a duration such as 24h, which is so long ago.'],
  ['until', 'string', '', '', 'Only lines before this time.'],
  ['wait', 'string', '30s', '', 'How long to wait for lines of the last ten minutes that may be on their way.'],
];

/** Throws a UsageError. */
export function readVerifyOptions(flag: (name: string) => string | undefined): VerifyOptions {
  return {
    lokiUrl: readFlag('loki.url', flag, parseBase),
    since: readFlag('since', flag, parseMoment),
    until: readFlag('until', flag, parseMoment),
    waitMs: readFlag('wait', flag, parseGoDuration) ?? 30_000,
  };
}

/** The address of the Loki that a client pushes to; undefined where the path is none of Loki's. */
export function baseOfPush({ href }: URL): URL | undefined {
  const base = /^([^?#]*?)\/(?:loki\/api\/v1|api\/prom)\/push\/?(?:[?#].*)?$/.exec(href)?.[1];
  return base === undefined ? undefined : new URL(base);
}

function parseBase(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error('expected a URL such as http://loki:3100');
  return baseOfPush(url) ?? url;
}

function parseMoment(text: string): bigint {
  const ms = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : agoOf(text);
  if (ms === undefined || Number.isNaN(ms))
    throw new Error('expected a time such as 2026-03-02T08:15:00Z, or a duration such as 24h');
  return BigInt(Math.floor(ms)) * 1_000_000n;
}

function agoOf(text: string): number | undefined {
  try {
    return Date.now() - parseGoDuration(text);
  } catch {
    return undefined;
  }
}
