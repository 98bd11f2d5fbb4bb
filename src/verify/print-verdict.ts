import type { Paint } from '../colours.js';
import { countText } from '../server/units.js';
import type { GapReport, VerdictReport } from './verdict-report.js';

const maxGaps = 20;
const maxStreams = 3;

/** The verdict for people: its last line says whether all is there. */
export function printVerdict(report: VerdictReport, paint: Paint): string {
  const { client, url, files, lines, gaps, untoldGaps, leftOut } = report;
  const told = [
    `${countText(lines)} lines of ${files.length === 1 ? files[0]!.path : `${files.length} files`}, asked of ${url} (client ${client})`,
    ...files.flatMap(({ path, error }) =>
      error === null ? [] : [paint('red', `cannot read ${path}: ${error}`)],
    ),
    ...leftOut.map((stage) => `${stage} was left out: what it dropped counts as missing`),
    ...notes(report),
    ...gaps.slice(0, maxGaps).flatMap(gapLines),
  ];
  const rest = Math.max(0, gaps.length - maxGaps) + untoldGaps;
  if (rest > 0) told.push(`and ${countText(rest)} more gaps`);
  return `${[...told, lastLine(report, paint)].join('\n')}\n`;
}

function* notes(report: VerdictReport): Iterable<string> {
  const { dropped, notSent, copies, outside, held, unaskable } = report;
  for (const [reason, count] of Object.entries(dropped))
    yield `${countText(count)} lines are dropped by a rule of the pipeline: ${reason}`;
  for (const [reason, count] of Object.entries(notSent))
    yield `${countText(count)} entries cannot be sent: ${reason}`;
  if (copies > 0) yield `${countText(copies)} lines equal another one, time and labels too: Loki keeps one`;
  if (outside > 0) yield `${countText(outside)} entries are not in the time asked for`;
  if (held > 0)
    yield `${countText(held)} recent entries are held back by a stage, here and perhaps in the agent`;
  if (unaskable > 0)
    yield `${countText(unaskable)} entries have no time of their own, but that of their reading: nobody can ask for them`;
}

function gapLines({ from, to, entries, elsewhere, expected, streams }: GapReport): string[] {
  const others = elsewhere === 0 ? '' : ` (${countText(elsewhere)} of them in other streams)`;
  const shown = streams
    .slice(0, maxStreams)
    .map(({ stream, entries: own }) => `  ${countText(own)}  ${stream}`);
  const more =
    streams.length > maxStreams ? [`  and ${countText(streams.length - maxStreams)} more streams`] : [];
  return [
    `gap  ${from} to ${to}: ${countText(entries)} of ${countText(expected)} entries${others}`,
    ...shown,
    ...more,
  ];
}

function lastLine({ entries, there, missing, elsewhere, verdict }: VerdictReport, paint: Paint): string {
  const counted = `${countText(there)} of ${countText(entries)} entries are in Loki, missing ${countText(missing)}`;
  const others = elsewhere === 0 ? '' : `, in other streams ${countText(elsewhere)}`;
  const text = `${verdict}: ${counted}${others}`;
  return paint(verdict === 'complete' ? 'green' : 'red', text);
}
