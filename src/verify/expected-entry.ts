import { basename, dirname, join } from 'node:path';
import type { Entry } from '../entry/entry.js';
import { type Labels, tenantLabel } from '../entry/labels.js';
import type { Line } from '../entry/line.js';
import { encodeText } from '../entry/text.js';
import { parseRotatedName } from '../targets/file/rotated-name.js';
import type { StoredEntry } from './query-answer.js';

/** An entry that should be in Loki. */
export interface ExpectedEntry {
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly tenant: string;
  /** As pushed, external labels too. */
  readonly labels: Labels;
  readonly line: string;
  /** Of the line and its metadata, in an answer. */
  readonly size: number;
  /** A stage held it back when the file ended: the agent may hold it still. */
  readonly isHeld: boolean;
  state: 'missing' | 'there' | 'elsewhere';
}

export function timeOf({ seconds, nanos }: Entry): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

/** A line as JSON can carry it: Loki's answers have U+FFFD for bytes that are not UTF-8, for each or for several. */
export function comparable(line: Line | string): string {
  const text = typeof line === 'string' ? line : textOf(line);
  return text.includes('\ufffd') ? text.replace(/\ufffd+/g, '\ufffd') : text;
}

function textOf({ bytes, start, end, text }: Line): string {
  if (bytes !== undefined) return bytes.toString('utf8', start, end);
  return text.isWellFormed() ? text : encodeText(text).toString('utf8');
}

/** Labels that Loki puts on streams by itself. */
const lokisOwn = new Set(['service_name', 'detected_level', '__stream_shard__']);

/** Whether what is stored stands in the stream that was expected. A rotated file's lines may have been read under any name of its family. */
export function isSameStream(expected: Labels, { labels, hasOwnLabels }: StoredEntry): boolean {
  const names = new Set<string>();
  for (const [name, value] of streamPairs(expected)) {
    names.add(name);
    const stored = labels[name];
    if (stored === undefined) return false;
    if (stored === comparable(value)) continue;
    if (name !== 'filename' || liveName(stored) !== liveName(value)) return false;
  }
  return !hasOwnLabels || Object.keys(labels).every((name) => names.has(name) || lokisOwn.has(name));
}

/** The labels that make the stream: Loki leaves out those that are empty. */
export function streamPairs(labels: Labels): [string, string][] {
  return labels.pairs().filter(([name, value]) => name !== tenantLabel && value !== '');
}

function liveName(path: string): string {
  const name = parseRotatedName(basename(path));
  return name === undefined ? path : join(dirname(path), name.base);
}
