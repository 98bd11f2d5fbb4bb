import type { Entry } from '../entry/entry.js';
import type { Extracted } from '../entry/extracted.js';
import { toText } from './extracted-text.js';

/** What a parsing stage reads: the line, or the extracted value that `source` names; undefined when that is missing or nil. */
export function sourceText(
  source: string | undefined,
): (entry: Entry, extracted: Extracted) => string | undefined {
  if (source === undefined) return (entry) => entry.line.text;
  return (_entry, extracted) => toText(extracted.get(source));
}
