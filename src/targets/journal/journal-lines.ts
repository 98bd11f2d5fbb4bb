import { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { encodeJson } from '../../go/json/encode.js';
import { newObject } from '../../go/json/value.js';
import { unixTicksParser } from '../../go/time/unix-time.js';
import type { JournalMetrics } from '../../metrics/journal-metrics.js';
import { finalLabels } from '../final-labels.js';
import type { SettledMarks } from '../settled-marks.js';
import type { TargetDeps } from '../target.js';
import type { JournalEntry } from './export-format.js';
import type { JournalOptions } from './journal-options.js';

const priorities = ['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'];
const parseMicros = unixTicksParser(1e6);

interface JournalLine {
  readonly labels: Labels;
  readonly text: string;
  readonly realtimeMicros: string;
}

/** Entries as they are sent, without those that have nothing to send. Their ack moves the cursor behind the last of all. */
export function toEntries(
  journal: readonly JournalEntry[],
  options: JournalOptions,
  marks: SettledMarks<string>,
  deps: Pick<TargetDeps, 'relabel' | 'labelSets'>,
  metrics: JournalMetrics,
): Entry[] {
  const last = journal.at(-1);
  if (last === undefined) return [];
  const lines = journal.map((entry) => toLine(entry)).filter((line) => line !== undefined);
  metrics.lines.inc(lines.length);
  const ack = marks.add(last.cursor, lines.length);
  return lines.map(({ labels, text, realtimeMicros }) => {
    const { seconds, nanos } = parseMicros(realtimeMicros)!;
    return new Entry(labels, seconds, nanos, Line.ofText(text), ack);
  });

  function toLine({ fields, realtimeMicros }: JournalEntry): JournalLine | undefined {
    const text = options.json ? toJson(fields) : fields.get('MESSAGE');
    if (text === undefined) {
      metrics.errors.inc({ error: 'no_message' });
      return undefined;
    }
    const labels = finalLabels(labelsOf(fields, options.labels), deps);
    if (labels?.size === 0) metrics.errors.inc({ error: 'empty_labels' });
    return labels === undefined || labels.size === 0 ? undefined : { labels, text, realtimeMicros };
  }
}

function labelsOf(
  fields: ReadonlyMap<string, string>,
  own: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  for (const [name, value] of fields) labels.set(`__journal_${name.toLowerCase()}`, value);
  const priority = fields.get('PRIORITY');
  if (priority !== undefined) {
    const keyword = /^[0-7]$/.test(priority) ? priorities[Number(priority)]! : priority;
    labels.set('__journal_priority_keyword', keyword);
  }
  for (const [name, value] of own) labels.set(name, value);
  return labels;
}

function toJson(fields: ReadonlyMap<string, string>): string {
  return encodeJson(Object.assign(newObject(), Object.fromEntries(fields)));
}
