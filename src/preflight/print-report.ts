import type { Paint } from '../colours.js';
import { sum } from '../replay/counted.js';
import { bytesText, countText, rateText } from '../server/units.js';
import { list, shortened } from './line-findings.js';
import type { Report } from './report.js';

/** The report for people. */
export function printReport(report: Report, paint: Paint): string {
  const rows = [
    ...fileRows(report),
    ...entryRows(report),
    ...streamRows(report),
    ...rateRows(report),
    ...pipelineRows(report),
    ...costRows(report),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
  return `${[...table, '', ...findingLines(report, paint)].join('\n')}\n`;
}

type Row = readonly [name: string, text: string];

const maxFiles = 10;

function* fileRows({ files, lines, bytes }: Report): Iterable<Row> {
  for (const { path, readAs, job, lines: own, bytes: size } of files.slice(0, maxFiles)) {
    const as = readAs === path ? '' : ` as ${readAs}`;
    yield ['file', `${path}${as}, job ${job}: ${countText(own)} lines, ${bytesText(size)}`];
  }
  if (files.length > maxFiles) yield ['', `and ${files.length - maxFiles} more`];
  if (files.length > 1) yield ['read', `${countText(lines)} lines, ${bytesText(bytes)}`];
}

function* entryRows({ entries, time, url }: Report): Iterable<Row> {
  const { count, bytes, metadataBytes, longestLine } = entries;
  yield [
    'entries',
    `${countText(count)} for ${url}, ${bytesText(bytes)} (${bytesText(metadataBytes)} of it metadata), the longest line ${bytesText(longestLine)}`,
  ];
  if (time !== null) yield ['time', `${time.first} to ${time.last}`];
}

function* streamRows({ streams, limits }: Report): Iterable<Row> {
  const limit = limits.max_global_streams_per_user;
  yield [
    'streams',
    `${countText(streams.count)}, at most ${countText(streams.mostActiveInAnHour)} active in an hour (Loki takes ${countText(limit)})`,
  ];
  for (const { name, values, top } of streams.labels) {
    const shown = top.map(({ value, lines }) => `${shortened(JSON.stringify(value))} ${countText(lines)}`);
    const rest = values > top.length ? ', …' : '';
    yield [
      `  ${name}`,
      `${countText(values)} ${values === 1 ? 'value' : 'values'}: ${shown.join(', ')}${rest}`,
    ];
  }
}

function* rateRows({ rates, entries, time, limits }: Report): Iterable<Row> {
  if (rates === null || time === null) return;
  const { average, peak, busiestStream } = rates;
  yield [
    'rate',
    `${rateText(entries.count / time.seconds)} entries and ${bytesText(average)} a second, at most ${bytesText(peak)} (Loki takes ${bytesText(limits.ingestion_rate)} from all)`,
  ];
  yield [
    'busiest',
    `${bytesText(busiestStream.average)} a second, at most ${bytesText(busiestStream.peak)} (${bytesText(limits.per_stream_rate_limit)}): ${shortened(busiestStream.stream)}`,
  ];
}

function* pipelineRows({ counted }: Report): Iterable<Row> {
  const { dropped, redactions, cut } = counted;
  if (sum(dropped) > 0) yield ['dropped', `${countText(sum(dropped))} lines, by rule: ${list(dropped)}`];
  if (sum(redactions) > 0)
    yield ['redacted', `${countText(sum(redactions))} values, by rule: ${list(redactions)}`];
  if (sum(cut) > 0) yield ['cut', `to fit Loki's line size: ${list(cut)}`];
}

function* costRows({ cost }: Report): Iterable<Row> {
  if (cost === null) return;
  const { cpuSecondsPerGigabyte, pushedPerByte, storedPerByte, storedBytesPerDay } = cost;
  const perDay = storedBytesPerDay === null ? '' : `, about ${bytesText(storedBytesPerDay)} a day`;
  yield [
    'cost',
    `${rateText(cpuSecondsPerGigabyte)} s of CPU a GB; ${percent(pushedPerByte)} of the bytes go over the network, ${percent(storedPerByte)} are stored${perDay}`,
  ];
}

function findingLines({ findings }: Report, paint: Paint): string[] {
  const told = findings.map(({ severity, id, message }) => {
    const colour = severity === 'loss' ? 'red' : 'yellow';
    return `${paint(colour, severity.padEnd('warning'.length))}  ${id}: ${message}`;
  });
  const losses = findings.filter(({ severity }) => severity === 'loss').length;
  const warnings = findings.length - losses;
  const verdict =
    losses === 0
      ? paint('green', `nothing would be lost or refused; ${number(warnings, 'warning')}`)
      : paint(
          'red',
          `${number(losses, 'finding')} of what would be lost, refused or not read; ${number(warnings, 'warning')}`,
        );
  return [...told, ...(told.length > 0 ? [''] : []), verdict];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
