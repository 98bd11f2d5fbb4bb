import { Buffer } from 'node:buffer';
import { isAlias, isMap, isScalar, parseDocument } from 'yaml';
import { decodeText, encodeText } from '../entry/text.js';
import { asBool, asNumber } from '../fields/yaml-scalar.js';
import { compareNaturally } from './natural-order.js';
import { PrintedEntries } from './printed-entries.js';

/** The text is not a positions file. Messages begin in lower case, as they follow `invalid positions file …: `. */
export class PositionsSyntaxError extends Error {
  override readonly name = 'PositionsSyntaxError';
}

/** Reads a positions file as strictly as Promtail does: one key `positions`, a map of scalars, no key twice. */
export function parsePositions(text: string): Map<string, string> {
  if (text.includes('\0')) throw new PositionsSyntaxError('it holds NUL bytes');
  const document = parseDocument(text, { schema: 'failsafe', version: '1.1', logLevel: 'silent' });
  const error = document.errors[0];
  if (error !== undefined) throw new PositionsSyntaxError(error.message);
  const positions = new Map<string, string>();
  const root = document.contents;
  if (root === null || isNull(root)) return positions;
  if (!isMap(root)) throw new PositionsSyntaxError('expected a map with the key "positions"');
  for (const { key, value } of root.items) {
    const name = scalarText(key);
    if (name !== 'positions') throw new PositionsSyntaxError(`unknown key ${JSON.stringify(name)}`);
    if (value === null || isNull(value)) continue;
    if (!isMap(value)) throw new PositionsSyntaxError('"positions" is not a map');
    for (const pair of value.items) {
      if (!isNull(pair.value)) positions.set(scalarText(pair.key), scalarText(pair.value));
    }
  }
  return positions;
}

/** The bytes that Promtail (yaml.v2) writes for these positions. */
export function printPositions(positions: ReadonlyMap<string, string>): string {
  return new PositionsPrinter().print(positions);
}

/** The same for positions that are written again and again. */
export class PositionsPrinter {
  readonly #entries = new PrintedEntries<string>({
    print: printPair,
    isSame: (a, b) => a === b,
    compareKeys: compareNaturally,
  });

  print(positions: ReadonlyMap<string, string>): string {
    if (positions.size === 0) return 'positions: {}\n';
    return `positions:\n${this.#entries.print(positions).join('')}`;
  }
}

// yaml.v2 writes a key of more than 128 bytes (paths of pods are often that long) in the `? key` form.
const maxSimpleKeyBytes = 128;
const maxWidth = 80;

function printPair(key: string, value: string): string {
  const isSimple = Buffer.byteLength(key) <= maxSimpleKeyBytes && !key.includes('\n');
  if (!isSimple) return `  ? ${fold(printScalar(key), 4)}\n  : ${fold(printScalar(value), 4)}\n`;
  const printedKey = key === '' ? "''" : printScalar(key);
  return `  ${printedKey}: ${fold(printScalar(value), 4 + printedKey.length)}\n`;
}

function printScalar(text: string): string {
  if (!text.isWellFormed()) return `!!binary ${encodeText(text).toString('base64')}`;
  if (resolvesToOther(text)) return doubleQuoted(text);
  if (hasSpecialCharacters(text)) return doubleQuoted(text);
  return canBePlain(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** True when the plain text would be read as a number, a boolean, nothing, a time or (YAML 1.0) a base-60 float. */
function resolvesToOther(text: string): boolean {
  if (/^(|~|null|Null|NULL|<<)$/.test(text)) return true;
  if (asBool(text) !== undefined || asNumber(text) !== undefined) return true;
  if (/^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(text)) return true;
  return /^\d{4}-\d\d?-\d\d?([Tt]\d\d?:\d\d?:\d\d?(\.\d+)?(Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?(\.\d+)?)?$/.test(
    text,
  );
}

/** What yaml.v2 does not print as it is: controls, the byte order mark, everything beyond 16 bits. */
function hasSpecialCharacters(text: string): boolean {
  return /[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/.test(text) || /[\u2028\u2029]/.test(text);
}

function canBePlain(text: string): boolean {
  if (/^(---|\.\.\.)/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^[?:-](\s|$)/.test(text)) return false;
  if (/:(\s|$)/.test(text) || /\s#/.test(text)) return false;
  return !/^\s|\s$/.test(text);
}

const shortEscapes: Record<string, string> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
};

function doubleQuoted(text: string): string {
  const escaped = text.replace(
    /[^\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]|["\\\u2028\u2029]/gu,
    (character) => {
      const short = shortEscapes[character];
      if (short !== undefined) return `\\${short}`;
      const hex = character.codePointAt(0)!.toString(16).toUpperCase();
      if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
      return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
    },
  );
  return `"${escaped}"`;
}

/** Breaks the text at single spaces beyond column 80, as yaml.v2 does; the reader puts the spaces back. */
function fold(printed: string, column: number): string {
  let folded = '';
  let at = column;
  for (let i = 0; i < printed.length; i++) {
    const isFoldable =
      printed[i] === ' ' && at > maxWidth && printed[i - 1] !== ' ' && printed[i + 1] !== ' ';
    if (isFoldable) {
      folded += '\n    ';
      at = 4;
    } else {
      folded += printed[i];
      at += 1;
    }
  }
  return folded;
}

function scalarText(node: unknown): string {
  if (!isScalar(node))
    throw new PositionsSyntaxError(isAlias(node) ? 'it uses aliases' : 'expected a text or a number');
  const text = String(node.value ?? '');
  return node.tag === 'tag:yaml.org,2002:binary' ? decodeText(Buffer.from(text, 'base64')) : text;
}

function isNull(node: unknown): boolean {
  if (node === null) return true;
  return isScalar(node) && node.type === 'PLAIN' && /^(|~|null|Null|NULL)$/.test(String(node.value ?? ''));
}
