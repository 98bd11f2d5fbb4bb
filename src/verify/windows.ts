import { quoteGo } from '../go/strconv.js';
import { type ExpectedEntry, streamPairs } from './expected-entry.js';

/** Entries of one tenant that are asked for together, in the order of time. */
export interface Window {
  readonly tenant: string;
  /** Selects all their streams, and as few others as their labels allow. */
  readonly selector: string;
  readonly entries: readonly ExpectedEntry[];
}

const maxEntries = 4000;
const maxSpan = 3_600_000_000_000n;
/** Where nothing is expected for this long, nothing is asked for: what others write there is none of our business. */
const maxGap = 60_000_000_000n;

/** Cuts entries into windows that Loki can be asked for. */
export function windowsOf(entries: readonly ExpectedEntry[]): Window[] {
  const sorted = entries.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  return [...groupBy(sorted, ({ tenant }) => tenant).values()]
    .flatMap(cutByTime)
    .flatMap((group) => withSelectors(group));
}

function cutByTime(sorted: readonly ExpectedEntry[]): ExpectedEntry[][] {
  const groups: ExpectedEntry[][] = [];
  let group: ExpectedEntry[] = [];
  for (const entry of sorted) {
    const isCut =
      group.length >= maxEntries ||
      (group.length > 0 &&
        (entry.time - group.at(-1)!.time > maxGap || entry.time - group[0]!.time >= maxSpan));
    if (group.length === 0 || isCut) {
      group = [];
      groups.push(group);
    }
    group.push(entry);
  }
  return groups;
}

/** By the labels that all have in common; where there are none, each stream by itself. */
function withSelectors(group: readonly ExpectedEntry[]): Window[] {
  const { tenant } = group[0]!;
  const selector = selectorOf(commonPairs(group));
  if (selector !== undefined) return [{ tenant, selector, entries: group }];
  const byStream = groupBy(group, ({ labels }) => labels.stream);
  return [...byStream.values()].map((entries) => ({
    tenant,
    selector: selectorOf(streamPairs(entries[0]!.labels)) ?? '{}',
    entries,
  }));
}

function commonPairs(group: readonly ExpectedEntry[]): [string, string][] {
  let common = streamPairs(group[0]!.labels);
  let last = group[0]!.labels;
  for (const { labels } of group) {
    if (labels === last) continue;
    last = labels;
    common = common.filter(([name, value]) => labels.get(name) === value);
  }
  return common;
}

/** The file name does not select, as it may be another one of the same family. Undefined: there is nothing to select by. */
export function selectorOf(pairs: readonly (readonly [string, string])[]): string | undefined {
  const others = pairs.filter(([name]) => name !== 'filename');
  const chosen = others.length > 0 ? others : pairs;
  if (chosen.length === 0) return undefined;
  return `{${chosen.map(([name, value]) => `${name}=${quoteGo(value)}`).join(', ')}}`;
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
