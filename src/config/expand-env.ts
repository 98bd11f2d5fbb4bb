import { Buffer } from 'node:buffer';
import { decodeText, encodeText } from '../entry/text.js';
import { globPattern } from './env-glob.js';

/**
 * Replaces `${NAME}` and its relatives in the whole text of a config, comments included, as Promtail's `-config.expand-env`
 * does: a `$` without a brace stays, `$$` is one `$`, and `\\` and `\/` lose their backslash. Throws an Error in Promtail's words.
 */
export function expandEnv(text: string, env: (name: string) => string | undefined): string {
  const end = text.indexOf('\0');
  return new Expander(end < 0 ? text : text.slice(0, end), env).expandAll();
}

class Expander {
  readonly #text: string;
  readonly #env: (name: string) => string | undefined;
  #at = 0;

  constructor(text: string, env: (name: string) => string | undefined) {
    this.#text = text;
    this.#env = env;
  }

  expandAll(): string {
    let expanded = '';
    while (this.#at < this.#text.length) {
      expanded += this.#take(escapedText, withoutEscapes);
      if (this.#skip('${')) expanded += this.#substitution();
    }
    return expanded;
  }

  /** What stands between `${` and `}`, the closing brace included. */
  #substitution(): string {
    if (this.#skip('#')) return this.#length();
    const value = this.#env(this.#name(errors.name)) ?? '';
    if (this.#take(/:[-=?+]|=/y) !== '') return this.#orDefault(value);
    if (this.#skip(':')) return this.#substring(value);
    const operator = this.#take(/\/[/#%]?|##?|%%?|[,^]{1,2}/y);
    if (operator.startsWith('/')) return this.#replaced(value, operator);
    if (/^[#%]/.test(operator)) return this.#trimmed(value, operator);
    this.#close(operator === '' ? errors.brace : errors.substitution);
    return inCase(value, operator);
  }

  #length(): string {
    const value = this.#env(this.#name(errors.substitution)) ?? '';
    this.#close(errors.substitution);
    return String(Buffer.byteLength(value));
  }

  #orDefault(value: string): string {
    let fallback = '';
    while (!this.#skip('}')) fallback += this.#argument(/(?:(?!\$\{)[^}])+/y);
    return value === '' ? fallback : value;
  }

  #substring(value: string): string {
    const from = this.#argument(/(?:(?!\$\{)[^:}])+/y);
    if (this.#skip('}')) return substring(value, from);
    if (this.#take(/:+/y) === '') throw new Error(errors.substitution);
    const length = this.#argument(/(?:(?!\$\{)[^}])+/y);
    this.#close(errors.substitution);
    return substring(value, from, length);
  }

  #trimmed(value: string, operator: string): string {
    const glob = this.#argument(/(?:(?!\$\{)[^}])+/y);
    this.#close(errors.substitution);
    if (operator.startsWith('#')) return trimStart(value, glob, operator === '##');
    return reversed(trimStart(reversed(value), reversed(glob), operator === '%%'));
  }

  #replaced(value: string, operator: string): string {
    const from = this.#argument(/(?:\\[\\/]|\$\$|(?!\$\{)[^/])+/y, withoutEscapes);
    if (this.#take(/\/+/y) === '') throw new Error(errors.substitution);
    if (this.#skip('}')) return replaced(value, operator, from, '');
    const to = this.#argument(/(?:\\[\\/]|\$\$|(?!\$\{)[^}])+/y, withoutEscapes);
    this.#close(errors.substitution);
    return replaced(value, operator, from, to);
  }

  /** One argument: a nested substitution or plain text, which must not be empty. */
  #argument(plain: RegExp, read = (text: string) => text): string {
    if (this.#skip('${')) return this.#substitution();
    const text = this.#take(plain, read);
    if (text === '') throw new Error(errors.argument);
    return text;
  }

  #name(error: string): string {
    const name = this.#take(/[\p{L}\p{Nd}_]+/uy);
    if (name === '') throw new Error(error);
    return name;
  }

  #close(error: string): void {
    if (!this.#skip('}')) throw new Error(error);
  }

  #skip(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  /** Goes past what the sticky `pattern` matches here; '' when it does not. */
  #take(pattern: RegExp, read = (text: string) => text): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += match.length;
    return read(match);
  }
}

const errors = {
  name: 'unable to parse variable name',
  brace: 'missing closing brace',
  substitution: 'bad substitution',
  argument: 'unable to parse substitution within function',
};

/** Text up to the next `${`; an escaped `$` does not start one. */
const escapedText = /(?:\\[\\/]|\$\$|(?!\$\{)[\s\S])*/y;

function withoutEscapes(text: string): string {
  return text.replace(/\\([\\/])|\$(\$)/g, '$1$2');
}

function inCase(value: string, operator: string): string {
  const [first = ''] = value;
  const rest = value.slice(first.length);
  switch (operator) {
    case ',':
      return first.toLowerCase() + rest;
    case ',,':
      return value.toLowerCase();
    case '^':
      return first.toUpperCase() + rest;
    case '^^':
      return value.toUpperCase();
    default:
      return value;
  }
}

/** In bytes; a negative start counts from the end. Numbers that are none leave the value whole. */
function substring(value: string, from: string, length?: string): string {
  const start = readNumber(from);
  const count = length === undefined ? Number.POSITIVE_INFINITY : readNumber(length);
  if (start === undefined || count === undefined) return value;
  if (count < 0) throw new Error(`${errors.substitution}: negative length ${count}`);
  const bytes = encodeText(value);
  const begin = start < 0 ? Math.max(0, bytes.length + start) : start;
  return decodeText(bytes.subarray(begin, Math.min(begin + count, bytes.length)));
}

function readNumber(text: string): number | undefined {
  return /^[-+]?[0-9]+$/.test(text) ? Number(text) : undefined;
}

function trimStart(value: string, glob: string, longest: boolean): string {
  const pattern = globPattern(glob);
  if (pattern === undefined) return value;
  const chars = [...value];
  const lengths = chars.map((_, index) => (longest ? chars.length - index : index + 1));
  const length = lengths.find((count) => pattern.test(chars.slice(0, count).join('')));
  return chars.slice(length ?? 0).join('');
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function replaced(value: string, operator: string, from: string, to: string): string {
  switch (operator) {
    case '//':
      return value.replaceAll(from, () => to);
    case '/#':
      return value.startsWith(from) ? to + value.slice(from.length) : value;
    case '/%':
      return value.endsWith(from) ? value.slice(0, value.length - from.length) + to : value;
    default:
      return value.replace(from, () => to);
  }
}
