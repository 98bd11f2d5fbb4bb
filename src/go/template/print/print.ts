import { formatGoFloatShortest } from '../../strconv.js';
import { Int, type Value } from '../values.js';
import { formatValue, plainVerb } from './format-value.js';

/** What an action writes for its value. */
export function printValue(value: Value): string {
  if (typeof value === 'string') return value;
  return value === undefined ? '<no value>' : toText(value);
}

/** Go's `%v`. */
export function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return formatGoFloatShortest(value);
  if (value instanceof Int) return value.toString();
  return formatValue(value, plainVerb);
}

/** Go's `fmt.Sprint`: with a space between two that are not strings. */
export function sprint(values: readonly Value[]): string {
  let text = '';
  for (const [index, value] of values.entries()) {
    const needsSpace = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    text += (needsSpace ? ' ' : '') + toText(value);
  }
  return text;
}

/** Go's `fmt.Sprintln`. */
export function sprintln(values: readonly Value[]): string {
  return `${values.map(toText).join(' ')}\n`;
}
