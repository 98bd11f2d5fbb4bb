/**
 * Go's strings.ToLower: one character becomes one character, whatever stands around it. If there is anything but ASCII,
 * bytes that are not UTF-8 become U+FFFD.
 */
export function toLower(text: string): string {
  return isAscii(text) ? text.toLowerCase() : Array.from(text.toWellFormed(), lowerOne).join('');
}

/** Go's strings.ToUpper: `ß` stays `ß`. */
export function toUpper(text: string): string {
  return isAscii(text) ? text.toUpperCase() : Array.from(text.toWellFormed(), upperOne).join('');
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}

function lowerOne(char: string): string {
  return char === 'İ' ? 'i' : char.toLowerCase();
}

/** JavaScript spells some capitals out as several characters; Go has one or none. */
function upperOne(char: string): string {
  const upper = char.toUpperCase();
  return [...upper].length === 1 ? upper : (iotaCapital(char.codePointAt(0)!) ?? char);
}

/** Greek vowels with an iota below have capitals of their own. */
function iotaCapital(code: number): string | undefined {
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  return [0x1fb3, 0x1fc3, 0x1ff3].includes(code) ? String.fromCodePoint(code + 9) : undefined;
}

/** Go's unicode.ToTitle of one character: a capital, but for digraphs, which have a form of their own. */
export function toTitle(char: string): string {
  const code = char.codePointAt(0)!;
  if (code >= 0x01c4 && code <= 0x01cc) return String.fromCharCode(code - ((code - 0x01c4) % 3) + 1);
  if (code >= 0x01f1 && code <= 0x01f3) return '\u01f2';
  // Georgian has capitals for whole words only.
  return code >= 0x10d0 && code <= 0x10ff ? char : toUpper(char);
}
