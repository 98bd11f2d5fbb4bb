import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import { weakRegexp } from '../../fields/go-regexp.js';
import { checked, optional, type Schema, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { stageText, weakByteSize, weakDuration, weakText } from '../../fields/stage-fields.js';
import { dropEntries } from '../drop-entries.js';
import { toText } from '../extracted-text.js';
import type { StageKind } from '../stage.js';

/** A name, or a list of names: neither numbers nor booleans are taken for names here. */
const names: Schema<string[]> = {
  decode: (node, problems) =>
    (node.shape === 'list' ? node.items() : [node]).map((item) => stageText.decode(item, problems)),
};

const schema = checked(
  stageStruct({
    source: optional(names),
    value: optional(weakText),
    separator: withDefault(weakText, ';'),
    expression: optional(weakRegexp),
    older_than: optional(weakDuration),
    longer_than: optional(weakByteSize),
    drop_counter_reason: withDefault(weakText, ''),
  }),
  ({ source, value, expression, older_than, longer_than }) => {
    if ([source, expression, older_than, longer_than].every((option) => option === undefined))
      return "set at least one of 'source', 'expression', 'older_than' and 'longer_than'";
    if (value !== undefined && source === undefined) return "'value' needs 'source'";
    return value !== undefined && expression !== undefined
      ? "set either 'value' or 'expression', not both"
      : undefined;
  },
);

type Options = Value<typeof schema>;
type Condition = (entry: Entry, extracted: Extracted) => boolean;

/** Drops entries that meet all the conditions given, and counts them. */
export const drop: StageKind<Options> = {
  name: 'drop',
  schema,
  build(options, { metrics, now }) {
    const conditions = conditionsOf(options, now);
    return dropEntries(
      (entry, extracted) => conditions.every((holds) => holds(entry, extracted)),
      metrics.droppedLines(options.drop_counter_reason || 'drop_stage'),
    );
  },
};

/** The cheapest first. */
function conditionsOf(options: Options, now: () => number): Condition[] {
  const { longer_than: maxBytes, older_than: maxAgeMs, source, value, expression, separator } = options;
  const conditions: Condition[] = [];
  if (maxBytes !== undefined) conditions.push((entry) => entry.line.byteLength > maxBytes);
  if (maxAgeMs !== undefined)
    conditions.push((entry) => entry.seconds * 1000 + entry.nanos / 1e6 < now() - maxAgeMs);
  const isWanted = textTest(value, expression);
  if (source === undefined) {
    if (isWanted !== undefined) conditions.push((entry) => isWanted(entry.line.text));
  } else if (isWanted === undefined) {
    conditions.push((_entry, extracted) => source.every((name) => extracted.get(name) !== undefined));
  } else {
    conditions.push((_entry, extracted) => {
      const text = joinValues(extracted, source, separator);
      return text !== undefined && isWanted(text);
    });
  }
  return conditions;
}

function textTest(
  value: string | undefined,
  expression: Options['expression'],
): ((text: string) => boolean) | undefined {
  if (value !== undefined) return (text) => text === value;
  return expression === undefined ? undefined : (text) => expression.test(text);
}

/** The values that are there; undefined when one of them is nil. */
function joinValues(extracted: Extracted, source: readonly string[], separator: string): string | undefined {
  const texts: string[] = [];
  for (const name of source) {
    const value = extracted.get(name);
    if (value === undefined) continue;
    const text = toText(value);
    if (text === undefined) return undefined;
    texts.push(text);
  }
  return texts.join(separator);
}
