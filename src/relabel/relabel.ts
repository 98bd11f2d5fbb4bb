import { createHash } from 'node:crypto';
import { encodeText } from '../entry/text.js';
import { labelName } from '../fields/label-name.js';
import { toLower, toUpper } from '../go/letter-case.js';
import { expandTemplate } from '../go/regexp/expand-template.js';
import { replaceAll } from '../go/regexp/replace-all.js';
import type { RelabelRule } from './rule.js';

/**
 * Applies the rules in order, as Prometheus does. Returns the labels after them, or nothing when a rule says to drop what they
 * belong to. A label that is set to an empty value is gone.
 */
export function relabel(
  rules: readonly RelabelRule[],
  labels: ReadonlyMap<string, string>,
): Map<string, string> | undefined {
  const result = new Map(labels);
  for (const rule of rules) if (!apply(rule, result)) return undefined;
  return result;
}

/** Returns false to drop. */
function apply(rule: RelabelRule, labels: Map<string, string>): boolean {
  const { action, regex, target_label: target } = rule;
  const source = rule.source_labels.map((name) => labels.get(name) ?? '').join(rule.separator);
  switch (action) {
    case 'keep':
      return regex.test(source);
    case 'drop':
      return !regex.test(source);
    case 'keepequal':
      return (labels.get(target) ?? '') === source;
    case 'dropequal':
      return (labels.get(target) ?? '') !== source;
    case 'replace':
      replace(rule, source, labels);
      return true;
    case 'lowercase':
      return set(labels, target, toLower(source));
    case 'uppercase':
      return set(labels, target, toUpper(source));
    case 'hashmod':
      return set(labels, target, hashMod(source, rule.modulus));
    case 'labelmap':
      for (const [name, value] of byName(labels))
        if (regex.test(name)) set(labels, replaceAll(regex, name, rule.replacement), value);
      return true;
    case 'labeldrop':
      for (const name of [...labels.keys()]) if (regex.test(name)) labels.delete(name);
      return true;
    case 'labelkeep':
      for (const name of [...labels.keys()]) if (!regex.test(name)) labels.delete(name);
      return true;
  }
}

function replace(
  { regex, target_label, replacement }: RelabelRule,
  source: string,
  labels: Map<string, string>,
) {
  const match = regex.exec(source);
  if (match === undefined) return;
  const target = expandTemplate(target_label, regex, source, match);
  if (labelName(target) === undefined) set(labels, target, expandTemplate(replacement, regex, source, match));
}

function set(labels: Map<string, string>, name: string, value: string): true {
  if (value === '') labels.delete(name);
  else labels.set(name, value);
  return true;
}

/** The last half of the MD5 sum, as a number. */
function hashMod(source: string, modulus: bigint): string {
  const sum = createHash('md5').update(encodeText(source)).digest();
  return String(sum.readBigUInt64BE(8) % modulus);
}

/** When two labels are copied to one name, the last in this order wins. */
function byName(labels: ReadonlyMap<string, string>): [string, string][] {
  return [...labels].sort(([a], [b]) => (a < b ? -1 : 1));
}
