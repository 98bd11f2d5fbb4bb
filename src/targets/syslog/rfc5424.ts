import { compareBytes } from '../../go/compare-bytes.js';
import { readPriority, type SyslogMessage } from './message.js';
import { printRfc3339, readRfc3339 } from './timestamp.js';

type StructuredData = Map<string, Map<string, string>>;

const header = /([1-9]\d{0,2}) (\S+) (\S+) (\S+) (\S+) (\S+) /y;

/**
 * Reads a message of RFC 5424; undefined when it is none. Promtail's limits for lengths and characters do not hold: a message that breaks
 * them is not lost here.
 */
export function readRfc5424(source: string): SyslogMessage | undefined {
  const start = readPriority(source);
  if (start === undefined) return undefined;
  header.lastIndex = start.end;
  // What ends with its last field is as good as what has a blank behind it.
  const match = header.exec(source.length < 1000 ? `${source} ` : source);
  if (match === null) return undefined;
  const [, version, timestamp, ...fields] = match;
  const time = timestamp === '-' ? undefined : readRfc3339(timestamp!);
  if (time === undefined && timestamp !== '-') return undefined;
  const [hostname, appName, procId, msgId] = fields.map((field) => (field === '-' ? undefined : field));
  const data = readStructuredData(source, header.lastIndex);
  if (data === undefined) return undefined;
  const { structuredData, end } = data;
  if (end < source.length && source[end] !== ' ') return undefined;
  const text = source.slice(end + 1);
  const { priority } = start;
  const head = `<${priority}>${version} ${timestamp === '-' ? '-' : printRfc3339(timestamp!)} ${fields.join(' ')}`;
  const full = `${head} ${printStructuredData(structuredData)}${text === '' ? '' : ` ${text}`}`;
  return { priority, time, hostname, appName, procId, msgId, structuredData, text, full };
}

const element = /\[([^\s=\]"]+)/y;
const parameter = / ([^\s=\]"]+)="((?:[^"\\\]]|\\[\s\S])*)"/y;

/** `-`, or `[id name="value"][…]` with blanks and escapes as they must be; undefined when it is neither. */
function readStructuredData(
  source: string,
  start: number,
): { structuredData: StructuredData | undefined; end: number } | undefined {
  if (source[start] === '-') return { structuredData: undefined, end: start + 1 };
  const structuredData: StructuredData = new Map();
  let at = start;
  while (source[at] === '[') {
    element.lastIndex = at;
    const id = element.exec(source)?.[1];
    if (id === undefined) return undefined;
    at = element.lastIndex;
    const parameters = structuredData.get(id) ?? new Map<string, string>();
    structuredData.set(id, parameters);
    while (source[at] === ' ') {
      parameter.lastIndex = at;
      const match = parameter.exec(source);
      if (match === null) return undefined;
      at = parameter.lastIndex;
      // A backslash in front of anything else is one.
      parameters.set(match[1]!, match[2]!.replace(/\\(["\\\]])/g, '$1'));
    }
    if (source[at] !== ']') return undefined;
    at += 1;
  }
  return at === start ? undefined : { structuredData, end: at };
}

function printStructuredData(data: StructuredData | undefined): string {
  if (data === undefined) return '-';
  return sorted(data)
    .map(([id, parameters]) => {
      const printed = sorted(parameters).map(
        ([name, value]) => ` ${name}="${value.replace(/["\\\]]/g, '\\$&')}"`,
      );
      return `[${id}${printed.join('')}]`;
    })
    .join('');
}

function sorted<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => compareBytes(a, b));
}
