import type { Counted } from '../replay/counted.js';
import type { FileReport } from '../replay/read-files.js';
import type { Cost } from './cost.js';
import type { Finding } from './finding.js';
import { type LabelReport, labelReports } from './label-report.js';
import type { LokiLimits } from './loki-limits.js';
import type { Refused, Survey } from './survey.js';

/** All that a preflight found out: what `-output=json` prints. */
export interface Report {
  readonly client: string;
  /** Where it pushes to. */
  readonly url: string;
  readonly files: readonly FileReport[];
  readonly lines: number;
  readonly bytes: number;
  readonly entries: {
    readonly count: number;
    /** Of lines and metadata: what Loki's rates count. */
    readonly bytes: number;
    readonly metadataBytes: number;
    readonly longestLine: number;
    /** They have no time of their own. */
    readonly withReadTime: number;
  };
  /** Null where no entry has a time of its own. */
  readonly time: {
    readonly first: string;
    readonly last: string;
    readonly seconds: number;
  } | null;
  readonly streams: {
    readonly count: number;
    readonly mostActiveInAnHour: number;
    readonly labels: readonly LabelReport[];
  };
  readonly rates: {
    readonly average: number;
    readonly peak: number;
    readonly refusedBytes: number;
    readonly busiestStream: {
      readonly stream: string;
      readonly average: number;
      readonly peak: number;
      readonly refusedBytes: number;
    };
  } | null;
  readonly refused: Readonly<Record<string, Refused>>;
  readonly counted: Counted;
  readonly cost: (Cost & { readonly storedBytesPerDay: number | null }) | null;
  readonly limits: LokiLimits;
  readonly findings: readonly Finding[];
}

/** What is measured, to be judged. */
export type Figures = Omit<Report, 'findings'>;

export interface Surveyed {
  readonly client: string;
  readonly url: string;
  readonly files: readonly FileReport[];
  readonly survey: Survey;
  readonly counted: Counted;
  readonly cost: Cost | undefined;
  readonly limits: LokiLimits;
}

/** The figures of a survey. */
export function reportOf({ client, url, files, survey, counted, cost, limits }: Surveyed): Figures {
  const lines = files.reduce((total, file) => total + file.lines, 0);
  const bytes = files.reduce((total, file) => total + file.bytes, 0);
  const time = timeOf(survey);
  const bytesPerSecond = time === null ? null : bytes / time.seconds;
  return {
    client,
    url,
    files,
    lines,
    bytes,
    entries: {
      count: survey.entries,
      bytes: survey.bytes,
      metadataBytes: survey.metadataBytes,
      longestLine: survey.longestLine,
      withReadTime: survey.withReadTime,
    },
    time,
    streams: {
      count: survey.streams.count,
      mostActiveInAnHour: survey.streams.mostActive,
      labels: labelReports(survey.streams.all),
    },
    rates: time === null ? null : ratesOf(survey, time.seconds),
    refused: Object.fromEntries(survey.refused),
    counted,
    cost:
      cost === undefined
        ? null
        : {
            ...cost,
            storedBytesPerDay:
              bytesPerSecond === null ? null : Math.round(bytesPerSecond * cost.storedPerByte * 86_400),
          },
    limits,
  };
}

function timeOf({ oldestMs, newestMs }: Survey): Report['time'] {
  if (newestMs < oldestMs) return null;
  return {
    first: new Date(oldestMs).toISOString(),
    last: new Date(newestMs).toISOString(),
    // A rate over less than a second would be none.
    seconds: Math.max(1, (newestMs - oldestMs) / 1000),
  };
}

function ratesOf(survey: Survey, seconds: number): Report['rates'] {
  const { ingestion } = survey;
  let [busiest] = survey.streams.all;
  for (const stream of survey.streams.all) {
    const isWorse =
      stream.meter.refusedBytes - busiest!.meter.refusedBytes || stream.meter.peak - busiest!.meter.peak;
    if (isWorse > 0) busiest = stream;
  }
  const { labels, meter, bytes } = busiest!;
  return {
    average: survey.bytes / seconds,
    peak: ingestion.peak,
    refusedBytes: ingestion.refusedBytes,
    busiestStream: {
      stream: labels.stream,
      average: bytes / seconds,
      peak: meter.peak,
      refusedBytes: meter.refusedBytes,
    },
  };
}
