import { type Labels, tenantLabel } from '../entry/labels.js';
import type { MetadataPair } from '../entry/metadata.js';

/** Labels as a JSON object, without the one that names a tenant. */
export function labelsJson(labels: Labels): string {
  return objectJson(labels.pairs().filter(([name]) => name !== tenantLabel));
}

/** Names and values as a JSON object; the last of equal names counts. Bytes that are not UTF-8 become U+FFFD. */
export function objectJson(pairs: readonly MetadataPair[]): string {
  return JSON.stringify(
    Object.fromEntries(pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])),
  );
}

/** A line that is a JSON object, as it is written but on one line; undefined for any other. */
export function asJsonObject(line: string): string | undefined {
  if (!/^\s*\{/.test(line)) return undefined;
  try {
    JSON.parse(line);
  } catch {
    return undefined;
  }
  // Within a text they would be escaped: these are just between the values.
  return line.replaceAll(/[\r\n]/g, ' ');
}
