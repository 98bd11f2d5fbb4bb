import { toLower, toTitle, toUpper } from '../../letter-case.js';
import { bytesOfText } from './byte-text.js';

/** Go's strings.Title: a capital for each letter that follows neither letter, digit nor underscore. */
export function title(text: string): string {
  let previous = ' ';
  return eachCharacter(text, (character) => {
    const isStart = isSeparator(previous);
    previous = character;
    return isStart ? toTitle(character) : character;
  });
}

/** Small first letters of words. */
export function uncapitalize(text: string): string {
  let isStart = true;
  return eachCharacter(text, (character) => {
    if (goSpace.test(character)) {
      isStart = true;
      return character;
    }
    const changed = isStart ? toLower(character) : character;
    isStart = false;
    return changed;
  });
}

/** Capitals become small, small letters capitals; after space or at the start they become title case. */
export function swapCase(text: string): string {
  let isStart = true;
  return eachCharacter(text, (character) => {
    if (/[\p{Lu}\p{Lt}]/u.test(character)) {
      isStart = false;
      return toLower(character);
    }
    if (/\p{Ll}/u.test(character)) {
      const swapped = isStart ? toTitle(character) : toUpper(character);
      isStart = false;
      return swapped;
    }
    isStart = goSpace.test(character);
    return character;
  });
}

/** The first byte of every word, each taken for a character. */
export function initials(text: string): string {
  return [...bytesOfText(text).matchAll(/[^\t-\r \x85\xa0]+/g)].map(([word]) => word[0]).join('');
}

export const goSpace = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** What is not valid UTF-8 is U+FFFD to Go when it goes by characters. */
function eachCharacter(text: string, change: (character: string) => string): string {
  return Array.from(text.toWellFormed(), change).join('');
}

function isSeparator(character: string): boolean {
  if (character <= '\x7f') return !/[\w]/.test(character);
  return !/[\p{L}\p{Nd}]/u.test(character) && goSpace.test(character);
}
