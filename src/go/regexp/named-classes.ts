import { type CharSet, charSet, foldCase, negate } from './char-set.js';

/** The set of `\d`, `\S` and the like, given the letter; undefined if there is none of that letter. */
export function perlClass(letter: string, fold: boolean): CharSet | undefined {
  const set = PERL_CLASSES.get(letter.toLowerCase());
  return set && oriented(set, fold, letter !== letter.toLowerCase());
}

/** The set of `[:alpha:]` or `[:^alpha:]`, given what stands between the colons; undefined if there is none. */
export function posixClass(name: string, fold: boolean): CharSet | undefined {
  const negated = name.startsWith('^');
  const set = POSIX_CLASSES.get(negated ? name.slice(1) : name);
  return set && oriented(set, fold, negated);
}

function oriented(set: CharSet, fold: boolean, negated: boolean): CharSet {
  const folded = fold ? foldCase(set)! : set;
  return negated ? negate(folded) : folded;
}

const DIGIT = ranges('09');
const UPPER = ranges('AZ');
const LOWER = ranges('az');
const WORD = ranges('09AZ__az');

// All ASCII; \s differs from [:space:] in the vertical tab, as in Go.
const PERL_CLASSES = new Map<string, CharSet>([
  ['d', DIGIT],
  ['s', ranges('\t\n\f\r  ')],
  ['w', WORD],
]);

const POSIX_CLASSES = new Map<string, CharSet>([
  ['alnum', ranges('09AZaz')],
  ['alpha', ranges('AZaz')],
  ['ascii', ranges('\0\x7f')],
  ['blank', ranges('\t\t  ')],
  ['cntrl', ranges('\0\x1f\x7f\x7f')],
  ['digit', DIGIT],
  ['graph', ranges('!~')],
  ['lower', LOWER],
  ['print', ranges(' ~')],
  ['punct', ranges('!/:@[`{~')],
  ['space', ranges('\t\r  ')],
  ['upper', UPPER],
  ['word', WORD],
  ['xdigit', ranges('09AFaf')],
]);

function ranges(pairs: string): CharSet {
  return charSet(Array.from(pairs, (char) => char.charCodeAt(0)));
}
