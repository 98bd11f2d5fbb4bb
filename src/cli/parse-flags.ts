import type { Override } from '../fields/node.js';
import type { Flag } from './flag.js';

/** The command line is wrong: told on stderr, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface ParsedFlags {
  /** What was given, by the flag's name; of several the last. */
  readonly given: ReadonlyMap<string, Override['value']>;
  /** `-h` or `-help` was among it; nothing after it was read. */
  readonly wantsHelp: boolean;
  /** The first other word and all behind it. */
  readonly rest: readonly string[];
}

/**
 * Go's flag syntax: `-name` or `--name`, the value after `=` or as the next word, switches without one. Ends at the first
 * other word or behind `--`.
 */
export function parseFlags(words: readonly string[], flags: readonly Flag[]): ParsedFlags {
  const byName = new Map(flags.map((flag) => [flag.name, flag]));
  const given = new Map<string, Override['value']>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === '--') return { given, wantsHelp: false, rest: words.slice(at + 1) };
    if (word.length < 2 || !word.startsWith('-')) return { given, wantsHelp: false, rest: words.slice(at) };
    const [, name, inline] = /^--?([^=-][^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === undefined) throw new UsageError(`bad flag syntax: ${word}`);
    const flag = byName.get(name);
    if (flag === undefined && (name === 'h' || name === 'help')) return { given, wantsHelp: true, rest: [] };
    if (flag === undefined) throw new UsageError(`flag provided but not defined: -${name}`);
    const isSwitch = flag.typeName === '';
    const text = inline ?? (isSwitch ? 'true' : words[++at]);
    if (text === undefined) throw new UsageError(`flag needs an argument: -${name}`);
    given.set(name, read(flag, text));
  }
  return { given, wantsHelp: false, rest: [] };
}

function read(flag: Flag, text: string): Override['value'] {
  try {
    return flag.read(text);
  } catch (error) {
    const place =
      flag.typeName === ''
        ? `invalid boolean value ${JSON.stringify(text)} for -${flag.name}`
        : `invalid value ${JSON.stringify(text)} for flag -${flag.name}`;
    throw new UsageError(`${place}: ${(error as Error).message}`);
  }
}
