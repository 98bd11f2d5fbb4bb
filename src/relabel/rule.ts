import { YAMLSeq } from 'yaml';
import { labelName } from '../fields/label-name.js';
import { int, text } from '../fields/scalars.js';
import {
  checked,
  converted,
  listOf,
  type Schema,
  struct,
  type Value,
  withDefault,
} from '../fields/schema.js';
import { compileGoRegexp } from '../go/regexp/go-regexp.js';

const actions = [
  'replace',
  'keep',
  'drop',
  'keepequal',
  'dropequal',
  'hashmod',
  'labelmap',
  'labeldrop',
  'labelkeep',
  'lowercase',
  'uppercase',
] as const;

const action: Schema<(typeof actions)[number]> = converted(text, (word) => {
  const known = actions.find((each) => each === word.toLowerCase());
  if (known === undefined)
    throw new Error(`unknown relabel action ${JSON.stringify(word)}, known are ${actions.join(', ')}`);
  return known;
});

const defaults = { separator: ';', regex: '(.*)', replacement: '$1' };

const regex = converted(
  text,
  (source) => compileGoRegexp(source, { anchored: true, dotAll: true }),
  ({ source }) => (source === defaults.regex ? undefined : source),
);
const natural = checked(int, (value) => (value < 0 ? 'may not be negative' : undefined));
const modulus = converted(natural, BigInt, (value) => (value === 0n ? undefined : Number(value)));
/** Printed only when it says something. */
const word: Schema<string> = { ...text, print: (value) => (value === '' ? undefined : value) };
const labelNames: Schema<string[]> = { ...listOf(text), print: inOneLine };

const fields = struct({
  source_labels: withDefault(labelNames, []),
  separator: withDefault(word, defaults.separator),
  regex: withDefault(regex, compileGoRegexp(defaults.regex, { anchored: true, dotAll: true })),
  modulus: withDefault(modulus, 0n),
  target_label: withDefault(word, ''),
  replacement: withDefault(word, defaults.replacement),
  action: withDefault(action, 'replace'),
});

/** One item of `relabel_configs`. */
export type RelabelRule = Value<typeof fields>;

export const relabelRule: Schema<RelabelRule> = checked(fields, check);
export const relabelRules: Schema<RelabelRule[]> = listOf(relabelRule);

/** What is wrong with a rule though each of its keys is right, in Promtail's words. */
function check(rule: RelabelRule): string | undefined {
  switch (rule.action) {
    case 'replace':
      return targetProblem(rule);
    case 'hashmod':
      if (rule.modulus === 0n) return 'relabel configuration for hashmod requires non-zero modulus';
      return targetProblem(rule);
    case 'lowercase':
    case 'uppercase':
      return targetProblem(rule) ?? replacementProblem(rule);
    case 'keepequal':
    case 'dropequal':
      return targetProblem(rule) ?? replacementProblem(rule) ?? equalProblem(rule);
    case 'labelmap':
      if (labelName(rule.replacement) === undefined) return undefined;
      return `${JSON.stringify(rule.replacement)} is invalid 'replacement' for labelmap action`;
    case 'labeldrop':
    case 'labelkeep':
      return byNameProblem(rule);
    default:
      return undefined;
  }
}

function targetProblem({ action, target_label }: RelabelRule): string | undefined {
  if (target_label === '') return `relabel configuration for ${action} action requires 'target_label' value`;
  if (labelName(target_label) === undefined) return undefined;
  return `${JSON.stringify(target_label)} is invalid 'target_label' for ${action} action`;
}

function replacementProblem({ action, replacement }: RelabelRule): string | undefined {
  return replacement === defaults.replacement
    ? undefined
    : `'replacement' can not be set for ${action} action`;
}

function equalProblem(rule: RelabelRule): string | undefined {
  if (rule.regex.source === defaults.regex && rule.modulus === 0n && rule.separator === defaults.separator)
    return undefined;
  return `${rule.action} action requires only 'source_labels' and 'target_label', and no other fields`;
}

function byNameProblem(rule: RelabelRule): string | undefined {
  const isBare =
    rule.source_labels.length === 0 &&
    rule.target_label === '' &&
    rule.modulus === 0n &&
    rule.separator === defaults.separator &&
    rule.replacement === defaults.replacement;
  return isBare ? undefined : `${rule.action} action requires only 'regex', and no other fields`;
}

function inOneLine(names: string[]): unknown {
  if (names.length === 0) return undefined;
  const list = new YAMLSeq();
  list.flow = true;
  list.items.push(...names);
  return list;
}
