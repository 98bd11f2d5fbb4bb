import type { FileReport } from '../replay/read-files.js';
import type { Gap } from './gaps.js';
import type { Verifier } from './verifier.js';

/** A gap as it is told. */
export interface GapReport extends Pick<Gap, 'tenant' | 'entries' | 'elsewhere' | 'expected'> {
  readonly from: string;
  readonly to: string;
  /** Those with the most missing entries first. */
  readonly streams: readonly { readonly stream: string; readonly entries: number }[];
}

/** What became of the lines at one Loki: what `-output=json` prints. */
export interface VerdictReport {
  readonly client: string;
  readonly url: string;
  readonly files: readonly FileReport[];
  readonly lines: number;
  /** What the lines come to: rules drop some, stages join or part them. */
  readonly entries: number;
  readonly there: number;
  readonly missing: number;
  /** In other streams than expected, at their times. */
  readonly elsewhere: number;
  readonly held: number;
  readonly copies: number;
  readonly outside: number;
  readonly unaskable: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly notSent: Readonly<Record<string, number>>;
  /** Stages that were left out; what they drop counts as missing. */
  readonly leftOut: readonly string[];
  readonly gaps: readonly GapReport[];
  readonly untoldGaps: number;
  readonly verdict: Verdict;
}

export type Verdict = 'complete' | 'missing' | 'unknown';

export type Verified = Pick<VerdictReport, 'client' | 'url' | 'files' | 'dropped' | 'leftOut'>;

/** Puts the report together. */
export function verdictReport(verified: Verified, verifier: Verifier): VerdictReport {
  const { counts, entries, copies, held, outside, unaskable, notSent, gaps } = verifier;
  const report = {
    ...verified,
    lines: verified.files.reduce((total, { lines }) => total + lines, 0),
    entries,
    ...counts,
    held,
    copies,
    outside,
    unaskable,
    notSent: Object.fromEntries(notSent),
    gaps: gaps.all.map(gapReport),
    untoldGaps: gaps.untold,
  };
  return { ...report, verdict: verdictOf(report) };
}

function gapReport({ from, to, streams, ...gap }: Gap): GapReport {
  return {
    ...gap,
    from: printTime(from),
    to: printTime(to),
    streams: [...streams]
      .map(([stream, entries]) => ({ stream, entries }))
      .sort((a, b) => b.entries - a.entries),
  };
}

/** Only what was asked for, and found, is complete. */
function verdictOf(report: Omit<VerdictReport, 'verdict'>): Verdict {
  const isMissing = report.missing + report.elsewhere > 0 || Object.keys(report.notSent).length > 0;
  if (isMissing) return 'missing';
  const isNothingAsked = report.entries === 0 && report.lines > 0;
  const isUnread = report.files.some(({ error }) => error !== null);
  return report.unaskable > 0 || isNothingAsked || isUnread ? 'unknown' : 'complete';
}

/** RFC 3339 with all nine decimals: a timestamp to look for. */
function printTime(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
}
