import type { Entry } from '../entry/entry.js';
import type { ExtractedValue } from '../entry/extracted.js';
import { formatGoFloatShortest, quoteGo } from '../go/strconv.js';
import type { Observe } from './build-stages.js';
import type { Stage } from './stage.js';

/** The stages that Promtail inspects: those that change one entry at a time and drop none. */
const inspected = new Set([
  'regex',
  'logfmt',
  'replace',
  'template',
  'timestamp',
  'output',
  'labels',
  'labelallow',
  'labeldrop',
  'static_labels',
  'tenant',
]);

type Paint = (colour: 'bold' | 'red' | 'green' | 'yellow', text: string) => string;

/** `-inspect`: writes what a stage changes in each entry, as a block of lines for people. */
export function inspectStages(write: (text: string) => void, paint: Paint): Observe {
  return (name, stage) => {
    if (!inspected.has(name)) return stage;
    return watch(stage, (before, after) => write(describe(name, before, after, paint)));
  };
}

function watch(stage: Stage, tell: (before: Snapshot, after: Snapshot) => void): Stage {
  return {
    process(entries) {
      const before = entries.map(snapshot);
      const tellAll = (after: Entry[]) => {
        for (const [index, entry] of after.entries()) tell(before[index]!, snapshot(entry));
        return after;
      };
      const after = stage.process(entries);
      return after instanceof Promise ? after.then(tellAll) : tellAll(after);
    },
  };
}

/** What of an entry can change, as text. */
interface Snapshot {
  readonly extracted: ReadonlyMap<string, string>;
  readonly own: ReadonlyMap<string, string>;
}

function snapshot(entry: Entry): Snapshot {
  const extracted = Array.from(entry.extracted!.entries(), ([name, value]): [string, string] => [
    `Extracted[${quoteGo(name)}]`,
    printValue(value),
  ]);
  return {
    extracted: new Map(extracted),
    own: new Map([
      ['Entry.Labels', String(entry.labels)],
      ['Entry.Entry.Timestamp', printTime(entry)],
      ['Entry.Entry.Line', entry.line.text],
    ]),
  };
}

function printValue(value: ExtractedValue): string {
  if (value === null) return '<nil>';
  return typeof value === 'number' ? formatGoFloatShortest(value) : String(value);
}

function printTime({ seconds, nanos }: Entry): string {
  const [date, time] = new Date(seconds * 1000).toISOString().slice(0, -5).split('T');
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `${date} ${time}${fraction} +0000 UTC`;
}

/** The block of one entry: extracted values by name, then labels, time and line. */
function describe(stage: string, before: Snapshot, after: Snapshot, paint: Paint): string {
  const names = [...new Set([...before.extracted.keys(), ...after.extracted.keys()])].sort();
  const changes = [
    ...names.flatMap((name) => change(name, before.extracted.get(name), after.extracted.get(name), paint)),
    ...[...before.own].flatMap(([name, value]) => change(name, value, after.own.get(name), paint)),
  ];
  const told = changes.length === 0 ? paint('red', 'none') : `\n${changes.join('\n')}`;
  return `[inspect: ${paint('bold', stage)} stage]: ${told}\n`;
}

function change(name: string, before: string | undefined, after: string | undefined, paint: Paint): string[] {
  if (before === after) return [];
  const colour = after === undefined ? 'red' : before === undefined ? 'green' : 'yellow';
  return [
    // What Promtail calls the value: the path to it in its own types.
    paint(colour, `{stages.Entry}.${name}:`),
    ...(before === undefined ? [] : [paint(colour, `\t-: ${before}`)]),
    ...(after === undefined ? [] : [paint('green', `\t+: ${after}`)]),
  ];
}
