import {
  formatGoDuration,
  formatPrometheusDuration,
  parseGoDuration,
  parsePrometheusDuration,
} from '../go/duration.js';
import { checked, converted, describe, type Schema } from './schema.js';
import { asBool, asNumber, isIntegerText } from './yaml-scalar.js';

/** A string of the config proper: any scalar, as it is written (`tenant_id: 1` is "1"); nothing, in a list or map, is "". */
export const text: Schema<string> = {
  decode(node, problems) {
    if (node.shape === 'scalar') return node.text;
    if (node.isNull) return '';
    problems.add(node, `expected a text, not ${describe(node)}`);
    return '';
  },
};

/** YAML 1.1's words: true false yes no on off y n. */
export const bool: Schema<boolean> = {
  decode(node, problems) {
    const value = node.isQuoted ? undefined : asBool(node.text);
    if (value === undefined) problems.add(node, `expected true or false, not ${describe(node)}`);
    return value ?? false;
  },
};

/** A switch that must stay off, as what it switches on does not exist here. */
export function offOnly(reason: string): Schema<boolean> {
  return checked(bool, (value) => (value ? `not supported: ${reason}` : undefined));
}

/** A whole number, be it written `80`, `0x50` or `8e1`; a quoted one is refused, as by Promtail. */
export const int: Schema<number> = {
  decode(node, problems) {
    const value = node.isQuoted ? undefined : asNumber(node.text);
    if (Number.isInteger(value) && Math.abs(value!) <= 2 ** 63) return value!;
    problems.add(node, `expected a whole number, not ${describe(node)}`);
    return 0;
  },
};

export const float: Schema<number> = {
  decode(node, problems) {
    const value = node.isQuoted ? undefined : asNumber(node.text);
    if (value === undefined) problems.add(node, `expected a number, not ${describe(node)}`);
    return value ?? 0;
  },
};

/**
 * Go's time.Duration, in milliseconds: `300ms`, `1.5h`, `1h30m`; units ns us ms s m h. A bare whole number is nanoseconds,
 * as in Promtail (`batchwait: 5` is 5 ns).
 */
export const duration: Schema<number> = {
  decode(node, problems) {
    if (!node.isQuoted && isIntegerText(node.text)) return asNumber(node.text)! / 1e6;
    return durationText.decode(node, problems);
  },
  print: formatGoDuration,
};

/** A duration that is not given as a bare number. */
const durationText: Schema<number> = converted(text, parseGoDuration);

/** Prometheus's model.Duration, in milliseconds: `1d12h`, `30s`; whole numbers with a unit, biggest first; no bare numbers but 0. */
export const prometheusDuration: Schema<number> = converted(
  text,
  parsePrometheusDuration,
  formatPrometheusDuration,
);

/** One of a few words. */
export function oneOf<const W extends string>(...words: readonly W[]): Schema<W> {
  return checked(text as Schema<W>, (value) =>
    words.includes(value)
      ? undefined
      : `expected one of ${words.filter((known) => known !== '').join(', ')}, not ${JSON.stringify(value)}`,
  );
}

/** An absolute http or https URL. */
export const url: Schema<URL> = converted(
  text,
  (value) => {
    const parsed = URL.parse(value);
    if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
      throw new Error(
        `expected a URL such as http://loki:3100/loki/api/v1/push, not ${JSON.stringify(value)}`,
      );
    }
    return parsed;
  },
  (value) => maskPassword(value),
);

/** As Promtail prints it: the password as eight escaped asterisks. */
export function maskPassword(value: URL): string {
  if (value.password === '') return value.href;
  const masked = new URL(value);
  masked.password = '********';
  return masked.href.replace(':********@', ':%2A%2A%2A%2A%2A%2A%2A%2A@');
}
