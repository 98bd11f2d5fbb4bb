import type { ReceivedRequest } from '../../demo/loki/receiver.js';
import type { Sample } from '../../demo/metrics-page.js';
import { unquoteGo } from '../../src/go/unquote.js';
import { type CaseEntry, type CaseStream, type ConformanceCase, caseEntry, sortStreams } from './case.js';

/** What an agent made of a case, in the words of the corpus. */
export interface CaseResult {
  readonly streams: CaseStream[];
  readonly metrics: Readonly<Record<string, number | string>>;
}

/** The labels that tell cases apart and are left out of what is compared. */
const ownLabels = ['case', 'filename'];

/** What was pushed for the case; all there is, if the agent had no other to run. */
export function streamsOf(
  test: ConformanceCase,
  requests: readonly ReceivedRequest[],
  isSolo: boolean,
): CaseStream[] {
  const streams = new Map<
    string,
    { labels: Record<string, string>; tenant?: string; entries: CaseEntry[] }
  >();
  for (const { tenant, streams: pushed } of requests) {
    for (const { labels: text, entries } of pushed) {
      const all = parseStream(text);
      if (!isSolo && all.case !== test.name) continue;
      const labels = Object.fromEntries(Object.entries(all).filter(([name]) => !ownLabels.includes(name)));
      const key = JSON.stringify([labels, tenant]);
      const stream = streams.get(key) ?? { labels, ...(tenant === '' ? {} : { tenant }), entries: [] };
      streams.set(key, stream);
      for (const { line, seconds, nanos, metadata } of entries)
        stream.entries.push(
          caseEntry(line, seconds, nanos, Object.entries(metadata), test.yearless === true),
        );
    }
  }
  return sortStreams([...streams.values()]);
}

/** The metrics that the stages of the case have touched. */
export function metricsOf(
  test: ConformanceCase,
  samples: readonly Sample[],
  isSolo: boolean,
): CaseResult['metrics'] {
  const found: Record<string, number | string> = {};
  for (const { name, labels, value } of samples) {
    const isCustom = /^(promtail_custom|pfx)_/.test(name);
    const isDropped = name.startsWith('logentry_dropped_lines') && value !== 0;
    if (!isCustom && !isDropped) continue;
    const { reason = '' } = labels;
    const isOwn = isCustom ? labels.case === test.name : `${reason}:`.startsWith(`${test.name}:`);
    if (isSolo || isOwn)
      found[`${name}${printLabels(labels)}`] = Number.isFinite(value) ? value : printOdd(value);
  }
  return found;
}

/** `{a="b", c="d"}` as pushed: names as they are, values quoted by Go. */
function parseStream(text: string): Record<string, string> {
  const pairs = text.matchAll(/([^=,{]+)=("(?:[^"\\]|\\.)*")(?:, |\})/gs);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name!, unquoteGo(value!)!]));
}

function printLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .filter(([name]) => !ownLabels.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}="${escapeValue(value)}"`);
  return `{${pairs.join(',')}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function printOdd(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}
