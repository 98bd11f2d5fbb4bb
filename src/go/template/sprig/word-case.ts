import { toLower, toUpper } from '../../letter-case.js';
import { goSpace } from './letters.js';

/** `http_server` as `HttpServer`: connectors go, but those at the start and all but one of several. */
export function toPascalCase(text: string): string {
  const characters = [...text.toWellFormed()];
  const first = characters.findIndex((character) => !isConnector(character));
  // With nothing but connectors, the last one comes twice.
  if (first < 0) return characters.join('') + (characters.at(-1) ?? '');
  let result = characters.slice(0, first).join('');
  // In a word that begins with a capital, the capitals that follow at once become small.
  let lowers = isUpper(characters[first]!);
  let previous = toUpper(characters[first]!);
  for (const character of characters.slice(first + 1)) {
    let current = character;
    if (isConnector(character) && isConnector(previous)) {
      result += previous;
      continue;
    }
    if (isConnector(previous)) {
      lowers = isUpper(character);
      current = toUpper(character);
    } else {
      if (lowers && isUpper(character)) current = toLower(character);
      else lowers = false;
      result += previous;
    }
    previous = current;
  }
  return result + previous;
}

/** `HTTPServer` as `http_server` or `http-server`. */
export function toSeparated(text: string, connector: string): string {
  const words = splitWords(text);
  let result = '';
  let at = 0;
  const lowered = (word: Word) => lower(word, connector);
  /** Writes the letters and digits that belong together, and says what comes then. */
  const takeRun = () => {
    while (isLetterOrNumber(words[at])) result += lowered(words[at++]!);
  };
  while (at < words.length) {
    const word = words[at++]!;
    const next = words[at];
    result += lowered(word);
    if (next === undefined || word.kind === 'connector' || word.kind === 'punctuation') continue;
    if (word.kind === 'number') {
      takeRun();
      if (needsConnector(words[at])) result += connector;
      continue;
    }
    if (next.kind !== 'number') {
      if (needsConnector(next)) result += connector;
      continue;
    }
    if (at + 1 === words.length) continue;
    at += 1;
    // A number is part of the word before it, unless small letters follow.
    if (words[at]!.kind !== 'letters') {
      result += next.text;
      if (needsConnector(words[at])) result += connector;
      continue;
    }
    result += connector + next.text;
    takeRun();
    if (needsConnector(words[at])) result += connector;
  }
  return result;
}

type WordKind = 'connector' | 'punctuation' | 'capitals' | 'letters' | 'number' | 'other';

interface Word {
  readonly kind: WordKind;
  readonly text: string;
}

function isConnector(character: string): boolean {
  return character === '-' || character === '_' || goSpace.test(character);
}

function isUpper(character: string): boolean {
  return /\p{Lu}/u.test(character);
}

function isLetterOrNumber(word: Word | undefined): boolean {
  return word?.kind === 'letters' || word?.kind === 'number';
}

function needsConnector(word: Word | undefined): boolean {
  return word !== undefined && word.kind !== 'connector' && word.kind !== 'punctuation';
}

function lower({ kind, text }: Word, connector: string): string {
  if (kind === 'connector') return connector.repeat([...text].length);
  return kind === 'capitals' ? Array.from(text, (c) => (isUpper(c) ? toLower(c) : c)).join('') : text;
}

// Letters of scripts that are written without words are none here.
const letter = '(?:(?![\\u4e00-\\u9fcc\\u3400-\\u4d85\\u{20000}-\\u{2b81d}])\\p{L})';
const small = `(?:(?!\\p{Lu})${letter})`;
const space = goSpace.source;
const wordPatterns: [WordKind, RegExp][] = [
  ['connector', new RegExp(`(?:[-_]|${space})+`, 'uy')],
  ['punctuation', /\p{P}+/uy],
  // Of `HTTPStatus` the S belongs to the next word.
  ['capitals', new RegExp(`\\p{Lu}+(?=\\p{Lu}${small})|\\p{Lu}${small}+|\\p{Lu}+`, 'uy')],
  ['letters', new RegExp(`${small}+`, 'uy')],
  ['number', /\p{N}+/uy],
  ['other', new RegExp(`(?:(?!${letter})(?![-_\\p{P}\\p{N}]|${space})[^])+`, 'uy')],
];

function splitWords(text: string): Word[] {
  const words: Word[] = [];
  for (let at = 0; at < text.length; ) {
    const word = wordAt(text, at);
    words.push(word);
    at += word.text.length;
  }
  return words;
}

function wordAt(text: string, at: number): Word {
  for (const [kind, pattern] of wordPatterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null && match[0] !== '') return { kind, text: match[0] };
  }
  return { kind: 'other', text: String.fromCodePoint(text.codePointAt(at)!) };
}
