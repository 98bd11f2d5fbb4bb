import { labelName } from '../../fields/label-name.js';
import { bool, text } from '../../fields/scalars.js';
import { converted, mapOf, struct, type Value, withDefault } from '../../fields/schema.js';
import { formatGoDuration, parseGoDuration } from '../../go/duration.js';

const defaultMaxAgeMs = 7 * 60 * 60 * 1000;

const maxAge = converted(
  text,
  (value) => (value === '' ? defaultMaxAgeMs : parseGoDuration(value)),
  formatGoDuration,
);

/** `FIELD=value`, separated by blanks. Journald knows no other names, and Promtail no value with an equals sign. */
const matches = converted(text, readMatches, (list) => list.join(' '));

function readMatches(value: string): string[] {
  const list = value.split(/\s+/).filter((match) => match !== '');
  const wrong = list.find((match) => !/^[A-Z0-9_]+=[^=]*$/.test(match));
  if (wrong === undefined) return list;
  throw new Error(
    `Error parsing journal reader 'matches' config value: expected FIELD=value, not ${JSON.stringify(wrong)}`,
  );
}

export const journalOptions = struct({
  max_age: withDefault(maxAge, defaultMaxAgeMs),
  json: withDefault(bool, false),
  labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
  path: withDefault(text, ''),
  matches: withDefault(matches, []),
});
export type JournalOptions = Value<typeof journalOptions>;
