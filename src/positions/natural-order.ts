/** The order in which yaml.v2 writes keys: letters last, numbers by value, the rest by code. */
export function compareNaturally(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let i = 0;
  while (i < length && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  if (i === length) return a.length - b.length;

  const aIsLetter = isLetter(a, i);
  const bIsLetter = isLetter(b, i);
  if (aIsLetter && bIsLetter) return a.codePointAt(i)! - b.codePointAt(i)!;
  if (aIsLetter || bIsLetter) return bIsLetter ? -1 : 1;

  const aNumber = numberAt(a, i, b);
  const bNumber = numberAt(b, i, a);
  if (aNumber.value < bNumber.value) return -1;
  if (aNumber.value > bNumber.value) return 1;
  return aNumber.end - bNumber.end || a.codePointAt(i)! - b.codePointAt(i)!;
}

/**
 * The number whose digits go on at `i`. Leading zeros do not count; but where one of the two texts goes on with a zero, digits
 * before it make both numbers longer by one place.
 */
function numberAt(text: string, i: number, other: string): { value: number | bigint; end: number } {
  let end = i;
  while (isDigit(text, end)) end++;
  const carried = (text[i] === '0' || other[i] === '0') && hasDigitBefore(text, i) ? '1' : '0';
  const digits = carried + text.slice(i, end);
  // As numbers go up to 2^53.
  return { value: digits.length <= 15 ? Number(digits) : BigInt.asIntN(64, BigInt(digits)), end };
}

function hasDigitBefore(text: string, i: number): boolean {
  for (let j = i - 1; j >= 0 && isDigit(text, j); j--) if (text[j] !== '0') return true;
  return false;
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

function isLetter(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 128) return (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return /^\p{L}/u.test(text.slice(index, index + 2));
}
