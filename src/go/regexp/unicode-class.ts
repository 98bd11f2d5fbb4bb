import { RE2JS, RE2JSException } from 're2js';
import { ALL_CHARS, type CharSet, charSet, foldCase, negate } from './char-set.js';
import type { PatternReader } from './pattern-reader.js';

/** A set, or the RE2 source of one that takes Unicode's tables to know. */
export type ClassItem = CharSet | string;

/** Reads `\pL`, `\P{Greek}` or `\p{^Uppercase_Letter}`; undefined, and nothing read, if something else comes next. */
export function parseUnicodeClass(reader: PatternReader, fold: boolean): ClassItem | undefined {
  const start = reader.at;
  const isOpposite = reader.startsWith('\\P');
  if (!reader.take('\\p') && !reader.take('\\P')) return undefined;
  const name = readName(reader, start);
  const isNegated = name.startsWith('^') !== isOpposite;
  const item = classNamed(canonicalName(name.replace(/^\^/, '')), fold);
  if (item === undefined) return reader.fail('invalid character class range', start);
  if (typeof item === 'string') return `\\${isNegated ? 'P' : 'p'}{${item}}`;
  return isNegated ? negate(item) : item;
}

function readName(reader: PatternReader, start: number): string {
  if (reader.take('{')) {
    return reader.takeThrough('}') ?? reader.failToEnd('invalid character class range', start);
  }
  return reader.isAtEnd ? '' : String.fromCodePoint(reader.takeCodePoint());
}

/** Go takes "uppercase letter" for "Uppercase_Letter", but has no spelling for scripts of two words. */
function canonicalName(name: string): string {
  const letters = name.replace(/[_\- ]/g, '');
  return asciiUpperCase(letters.slice(0, 1)) + asciiLowerCase(letters.slice(1));
}

/** A set, or the name the engine has for it. */
function classNamed(name: string, fold: boolean): ClassItem | undefined {
  if (name === 'Any') return ALL_CHARS;
  if (name === 'Ascii') return fold ? foldCase(ASCII) : ASCII;
  const engineName = CATEGORY_ALIASES.get(name) ?? name;
  return isKnownToEngine(engineName) ? engineName : undefined;
}

const ASCII = charSet([0, 0x7f]);

function isKnownToEngine(name: string): boolean {
  if (!/^[A-Za-z]+$/.test(name) || NOT_IN_GO.has(name)) return false;
  try {
    RE2JS.compile(`\\p{${name}}`);
    return true;
  } catch (error) {
    if (error instanceof RE2JSException) return false;
    throw error;
  }
}

/** What the engine knows beyond Go: properties that are no categories, and scripts newer than Unicode 15. */
const NOT_IN_GO: ReadonlySet<string> = new Set([
  ...['Alphabetic', 'Dash', 'Emoji', 'Lowercase', 'Math', 'Unknown', 'Uppercase'],
  ...['Garay', 'Sidetic', 'Sunuwar', 'Todhri'],
]);

const CATEGORY_ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Casedletter: 'LC',
    Closepunctuation: 'Pe',
    Cntrl: 'Cc',
    Combiningmark: 'M',
    Connectorpunctuation: 'Pc',
    Control: 'Cc',
    Currencysymbol: 'Sc',
    Dashpunctuation: 'Pd',
    Decimalnumber: 'Nd',
    Digit: 'Nd',
    Enclosingmark: 'Me',
    Finalpunctuation: 'Pf',
    Format: 'Cf',
    Initialpunctuation: 'Pi',
    Letter: 'L',
    Letternumber: 'Nl',
    Lineseparator: 'Zl',
    Lowercaseletter: 'Ll',
    Mark: 'M',
    Mathsymbol: 'Sm',
    Modifierletter: 'Lm',
    Modifiersymbol: 'Sk',
    Nonspacingmark: 'Mn',
    Number: 'N',
    Openpunctuation: 'Ps',
    Other: 'C',
    Otherletter: 'Lo',
    Othernumber: 'No',
    Otherpunctuation: 'Po',
    Othersymbol: 'So',
    Paragraphseparator: 'Zp',
    Privateuse: 'Co',
    Punct: 'P',
    Punctuation: 'P',
    Separator: 'Z',
    Spaceseparator: 'Zs',
    Spacingmark: 'Mc',
    Surrogate: 'Cs',
    Symbol: 'S',
    Titlecaseletter: 'Lt',
    Unassigned: 'Cn',
    Uppercaseletter: 'Lu',
  }),
);

function asciiUpperCase(text: string): string {
  return text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
}

function asciiLowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
