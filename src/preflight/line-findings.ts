import type { LokiOptions } from '../client/loki.js';
import { sum } from '../replay/counted.js';
import { bytesText } from '../server/units.js';
import { type Finding, loss, warning } from './finding.js';
import type { Figures } from './report.js';

/** What the figures say that somebody should know of. */
export function lineFindings(report: Figures, client: LokiOptions): Finding[] {
  return [
    ...fileFindings(report),
    ...refusalFindings(report),
    ...streamFindings(report),
    ...rateFindings(report, client),
    ...pipelineFindings(report),
  ];
}

function* fileFindings({ files, lines }: Figures): Iterable<Finding> {
  for (const { path, error, unfinishedBytes } of files) {
    if (error !== null) yield loss('unreadable_file', `${path}: ${error}`);
    if (unfinishedBytes > 0)
      yield warning(
        'no_last_newline',
        `${path}: the last ${unfinishedBytes} bytes are no line until a newline follows`,
      );
  }
  if (files.length > 0 && lines === 0)
    yield warning('no_lines', 'there is no line in these files: nothing was checked');
}

function* refusalFindings({ refused, limits }: Figures): Iterable<Finding> {
  for (const [reason, { entries, example }] of Object.entries(refused)) {
    const { stream, at, lineBytes } = example;
    const about = aboutRefusal[reason]?.(limits) ?? 'the client cannot send them';
    yield loss(
      reason,
      `${entries} entries: ${about} (such as ${bytesText(lineBytes)} at ${at} in ${shortened(stream)})`,
    );
  }
}

const aboutRefusal: Readonly<Record<string, (limits: Figures['limits']) => string>> = {
  line_too_long: ({ max_line_size }) => `the line is longer than Loki takes, ${bytesText(max_line_size)}`,
  missing_labels: () => 'there is no label',
  max_label_names_per_series: (limits) => `more labels than ${limits.max_label_names_per_series}`,
  label_name_too_long: (limits) => `the name of a label is longer than ${limits.max_label_name_length} bytes`,
  label_value_too_long: (limits) =>
    `the value of a label is longer than ${limits.max_label_value_length} bytes`,
  structured_metadata_too_large: (limits) =>
    `more metadata than ${bytesText(limits.max_structured_metadata_size)}`,
  structured_metadata_too_many: (limits) =>
    `more metadata than ${limits.max_structured_metadata_entries_count} pairs`,
  greater_than_max_sample_age: (limits) =>
    `older than ${hours(limits.reject_old_samples_max_age)} (-at=newest judges a recording as of its end)`,
  too_far_in_future: (limits) =>
    `more than ${limits.creation_grace_period / 60_000} minutes ahead of the clock`,
  too_far_behind: (limits) =>
    `more than ${hours(limits.out_of_order_window)} behind the newest of their stream`,
  invalid_timestamp: () => 'the time cannot be told to Loki',
  invalid_tenant: () => 'the tenant cannot be put into a header',
};

function* streamFindings({ streams, limits }: Figures): Iterable<Finding> {
  const { count, mostActiveInAnHour, labels } = streams;
  const limit = limits.max_global_streams_per_user;
  if (limit === 0) return;
  const widest = labels.slice(0, 3).map(({ name, values }) => `${name} (${values})`);
  if (mostActiveInAnHour > limit)
    yield loss(
      'too_many_streams',
      `${mostActiveInAnHour} streams in one hour, where Loki takes ${limit}; the widest labels: ${widest.join(', ')}`,
    );
  else if (count > limit / 2)
    yield warning(
      'many_streams',
      `${count} streams of one agent, where Loki takes ${limit} of all; the widest labels: ${widest.join(', ')}`,
    );
}

function* rateFindings({ rates, limits }: Figures, client: LokiOptions): Iterable<Finding> {
  if (rates === null) return;
  const givesUp = client.drop_rate_limited_batches || (client.backoff_config.max_retries ?? 0) > 0;
  const judge = (id: string, what: string, average: number, refusedBytes: number, limit: number) => {
    if (limit === 0 || refusedBytes === 0) return [];
    const text = `${what} writes ${bytesText(average)} a second, and ${bytesText(refusedBytes)} faster than Loki takes (${bytesText(limit)} a second)`;
    if (average > limit) return [loss(id, `${text}: it never catches up`)];
    return [
      givesUp
        ? loss(id, `${text}: the client gives such batches up`)
        : warning(id, `${text}: they are sent again, later`),
    ];
  };
  const { busiestStream: busiest } = rates;
  yield* judge('ingestion_rate', 'all of it', rates.average, rates.refusedBytes, limits.ingestion_rate);
  yield* judge(
    'per_stream_rate',
    shortened(busiest.stream),
    busiest.average,
    busiest.refusedBytes,
    limits.per_stream_rate_limit,
  );
}

function* pipelineFindings({ entries, counted, lines }: Figures): Iterable<Finding> {
  if (entries.withReadTime > 0)
    yield warning(
      'no_time',
      `${entries.withReadTime} entries have no time of their own: they get that of reading, show twice when they are sent twice, and cannot be verified`,
    );
  if (sum(counted.quarantined) > 0)
    yield warning(
      'quarantined',
      `${sum(counted.quarantined)} lines would not be shipped, as they are no events and may hold secrets (${list(counted.quarantined)})`,
    );
  if (sum(counted.unparsed) > 0)
    yield warning(
      'not_events',
      `${sum(counted.unparsed)} lines are not audit events (${list(counted.unparsed)})`,
    );
  if (counted.tornLines > 0)
    yield warning('torn_lines', `${counted.tornLines} lines hold a piece of an event before a whole one`);
  if (sum(counted.overflow) > 0)
    yield warning(
      'label_overflow',
      `${sum(counted.overflow)} label values became other (${list(counted.overflow)})`,
    );
  if (lines > 0 && sum(counted.dropped) >= lines)
    yield loss('all_dropped', `every line is dropped (${list(counted.dropped)})`);
}

/** `jwt 3, url 1`. */
export function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

export function shortened(stream: string): string {
  return stream.length <= 200 ? stream : `${stream.slice(0, 200)}…`;
}

function hours(ms: number): string {
  return `${ms / 3_600_000} h`;
}
