import { LabelReader } from './label-reader.js';

/** A label set as its pairs, in the order of their names. Says nothing on names that occur twice. */
export type LabelPairs = [name: string, value: string][];

/** Reads the label set of a stream, `{code="200", verb="get"}`, in the syntax Loki takes from Prometheus. */
export function parseLabels(text: string): LabelPairs {
  const reader = new LabelReader(text);
  const pairs: LabelPairs = [];
  if (text.trim() === '') return pairs;
  reader.expect('{');
  while (!reader.takes('}')) {
    const name = reader.name();
    reader.expect('=');
    const value = reader.quoted();
    // Loki drops labels without a value before it looks at the set.
    if (value !== '') pairs.push([name, value]);
    if (!reader.takes(',')) {
      reader.expect('}');
      break;
    }
  }
  reader.end();
  return pairs.sort(byName);
}

/** The one way Loki writes a label set: sorted by name, one blank after each comma. */
export function printLabels(labels: Readonly<Record<string, string>> | LabelPairs): string {
  const pairs = Array.isArray(labels) ? labels : Object.entries(labels).sort(byName);
  return `{${pairs.map(([name, value]) => `${name}=${quote(value)}`).join(', ')}}`;
}

function byName([a]: [string, string], [b]: [string, string]): number {
  return a < b ? -1 : 1;
}

const goNames: Record<string, string> = { '07': '\\a', '0b': '\\v' };

/** Quotes as Go does for what occurs in label values: JSON's escapes, but for control characters written `\x1f`. */
function quote(value: string): string {
  return JSON.stringify(value)
    .replace(/\\u00([01][0-9a-f])/g, (_, hex: string) => goNames[hex] ?? `\\x${hex}`)
    .replaceAll('\x7f', '\\x7f');
}
