import { rawItems, rawMembers } from './raw-json.js';

/** A record as Azure's services write it, by the schema of Azure's resource logs. */
export interface ResourceLog {
  /** As it stood in the message. */
  readonly text: string;
  readonly category: string;
  /** Its `time`, or its `timeStamp`, which some services write instead. */
  readonly time: string;
}

/** A record of somebody's own making. */
export interface CustomLog {
  readonly text: string;
  readonly category: undefined;
}

/** The records of a message; undefined when it is none that holds records, but a payload of somebody's own. */
export function readRecords(message: string): (ResourceLog | CustomLog)[] | undefined {
  // Function apps write their messages with single quotes.
  const records =
    recordsOf(message) ?? (isJson(message) ? undefined : recordsOf(message.replaceAll("'", '"')));
  return records?.map(readRecord);
}

/** As Go does, a name is found whatever its case, and the last of several counts. */
function recordsOf(message: string): string[] | undefined {
  if (!isJson(message)) return undefined;
  const text = message.trim();
  if (!text.startsWith('{')) return undefined;
  const list = rawMembers(text).findLast(([name]) => name.toLowerCase() === 'records')?.[1];
  const items = list?.startsWith('[') ? rawItems(list) : [];
  return items.length === 0 ? undefined : items;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const wanted = ['time', 'timestamp', 'category', 'resourceid', 'operationname'];

function readRecord(text: string): ResourceLog | CustomLog {
  const fields = new Map<string, unknown>();
  for (const [name, value] of text.startsWith('{') ? rawMembers(text) : []) {
    const key = name.toLowerCase();
    if (wanted.includes(key)) fields.set(key, JSON.parse(value));
  }
  const isWrong = [...fields.values()].some((value) => typeof value !== 'string' && value !== null);
  const [time, timeStamp, category, resource, operation] = wanted.map((key) => fields.get(key) || undefined);
  const isKnown = category !== undefined && resource !== undefined && operation !== undefined;
  if (isWrong || !isKnown || (time ?? timeStamp) === undefined) return { text, category: undefined };
  return { text, category: category as string, time: (time ?? timeStamp) as string };
}
