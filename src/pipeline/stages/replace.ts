import type { Extracted } from '../../entry/extracted.js';
import { Line } from '../../entry/line.js';
import { nonEmptyRegexp } from '../../fields/go-regexp.js';
import {
  optional,
  required,
  type Schema,
  stageStruct,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import { nonEmpty, stageText } from '../../fields/stage-fields.js';
import type { GoRegexp } from '../../go/regexp/go-regexp.js';
import { parseTemplate, type Template } from '../../go/template/template.js';
import { StringMap } from '../../go/template/values.js';
import { sourceText } from '../source-text.js';
import { eachEntry, type StageKind } from '../stage.js';
import { addExtracted, fillTemplate } from '../template-data.js';

/** A template that cannot be parsed is taken, and then does nothing: Promtail parses it once a line, and says no word. */
const replacement: Schema<Template | undefined> = {
  decode(node, problems) {
    const text = stageText.decode(node, problems);
    try {
      return parseTemplate(text ?? '');
    } catch (error) {
      problems.warn(
        node.offset,
        node.path,
        `the stage does nothing, as its template is wrong: ${(error as Error).message}`,
      );
      return undefined;
    }
  },
};

const schema = stageStruct({
  expression: required(nonEmptyRegexp),
  source: optional(nonEmpty(stageText)),
  replace: withDefault(replacement, parseTemplate('')),
});

/** Replaces what the groups of an expression capture, in every match, with what a template makes of it. */
export const replace: StageKind<Value<typeof schema>> = {
  name: 'replace',
  schema,
  build({ expression, source, replace: template }) {
    if (template === undefined) return eachEntry(() => true);
    const textOf = sourceText(source);
    return eachEntry((entry, extracted) => {
      const text = textOf(entry, extracted);
      const replaced = text === undefined ? undefined : replaceGroups(text, expression, template, extracted);
      if (replaced === undefined) return true;
      if (source === undefined) entry.line = Line.ofText(replaced.text);
      else extracted.set(source, replaced.text);
      extractReplacements(expression, replaced, extracted);
      return true;
    });
  },
};

interface Replaced {
  readonly text: string;
  /** What each captured text was replaced with. */
  readonly byCaptured: ReadonlyMap<string, string>;
  /** The groups of the first match; '' for one that took no part. */
  readonly firstGroups: readonly string[];
}

/** Undefined when nothing matches, or the template fails. */
function replaceGroups(
  text: string,
  expression: GoRegexp,
  template: Template,
  extracted: Extracted,
): Replaced | undefined {
  let data: StringMap | undefined;
  let firstGroups: string[] | undefined;
  const byCaptured = new Map<string, string>();
  let result = '';
  let doneTo = 0;
  for (const match of expression.matchAll(text)) {
    const groups = groupsOf(text, match);
    firstGroups ??= groups.map((group) => group ?? '');
    if (data === undefined) {
      data = new StringMap();
      addExtracted(data, extracted);
    }
    for (let group = 1; group < groups.length; group++) {
      const captured = groups[group];
      if (captured === undefined) continue;
      data.set('Value', captured);
      const replacement = fillTemplate(template, data);
      if (replacement === undefined) return undefined;
      byCaptured.set(captured, replacement);
      const start = match[group * 2]!;
      // A group inside one that was replaced is gone. Nothing is, while only empty text at the start was.
      if (doneTo > start) continue;
      result += text.slice(doneTo, start) + replacement;
      doneTo = match[group * 2 + 1]!;
    }
  }
  if (firstGroups === undefined) return undefined;
  return { text: result + text.slice(doneTo), byCaptured, firstGroups };
}

function groupsOf(text: string, match: readonly number[]): (string | undefined)[] {
  const groups: (string | undefined)[] = [];
  for (let at = 0; at < match.length; at += 2)
    groups.push(match[at]! < 0 ? undefined : text.slice(match[at], match[at + 1]));
  return groups;
}

/** Named groups are set to what replaced the text that they captured first. */
function extractReplacements({ groupNames }: GoRegexp, replaced: Replaced, extracted: Extracted): void {
  for (const [group, name] of groupNames.entries()) {
    if (name === undefined) continue;
    const replacement = replaced.byCaptured.get(replaced.firstGroups[group]!);
    if (replacement !== undefined) extracted.set(name, replacement);
  }
}
