import { binaryParts, type Decimal, exactDecimal, roundDecimal, shortestDecimal } from './decimal.js';
import { hexFloat } from './hex-float.js';
import { pad, type Verb } from './verb.js';

/** A float64 under `%v %g %G %e %E %f %F %b %x %X`; undefined for other verbs. */
export function formatFloat(value: number, verb: Verb): string | undefined {
  if (!'vgGeEfFbxX'.includes(verb.letter)) return undefined;
  const sign = value < 0 || Object.is(value, -0) ? '-' : verb.plus ? '+' : verb.space ? ' ' : '';
  if (Number.isNaN(value)) return pad(`${sign}NaN`, verb, false);
  // Infinity has a sign even when it was not asked for.
  if (!Number.isFinite(value)) return pad(`${sign || '+'}Inf`, verb, false);
  const plain = unsigned(Math.abs(value), verb);
  const text = verb.sharp && verb.letter !== 'b' ? withPoint(plain, verb) : plain;
  const isZeroPadded = verb.zero && !verb.minus && verb.width !== undefined;
  if (!isZeroPadded) return pad(sign + text, verb);
  return sign + text.padStart(verb.width - sign.length, '0');
}

function unsigned(value: number, verb: Verb): string {
  const { precision } = verb;
  switch (verb.letter) {
    case 'e':
      return exponentForm(rounded(value, precision ?? 6), precision ?? 6);
    case 'E':
      return exponentForm(rounded(value, precision ?? 6), precision ?? 6).toUpperCase();
    case 'f':
    case 'F':
      return fixedForm(value, precision ?? 6);
    case 'b':
      return binaryForm(value);
    case 'x':
      return hexFloat(value, precision);
    case 'X':
      return hexFloat(value, precision).toUpperCase();
    case 'G':
      return generalForm(value, precision).toUpperCase();
  }
  return generalForm(value, precision);
}

/** With `decimals` digits after the first. */
function rounded(value: number, decimals: number): Decimal {
  return roundDecimal(exactDecimal(value), decimals + 1);
}

function exponentForm({ digits, point }: Decimal, decimals: number): string {
  const all = digits.padEnd(decimals + 1, '0');
  const exponent = digits === '' ? 0 : point - 1;
  const fraction = decimals > 0 ? `.${all.slice(1, decimals + 1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${all[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

function fixedForm(value: number, decimals: number): string {
  const exact = exactDecimal(value);
  return fixedDigits(roundDecimal(exact, exact.point + decimals), decimals);
}

function fixedDigits({ digits, point }: Decimal, decimals: number): string {
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  const zeros = Math.min(decimals, Math.max(0, -point));
  const fraction = ('0'.repeat(zeros) + digits.slice(Math.max(0, point))).padEnd(decimals, '0');
  return decimals > 0 ? `${whole}.${fraction.slice(0, decimals)}` : whole;
}

/** `%g`: in exponent form when the exponent is small, or not below the precision (6 for the shortest digits). */
function generalForm(value: number, precision: number | undefined): string {
  const count = precision === 0 ? 1 : precision;
  const decimal = count === undefined ? shortestDecimal(value) : roundDecimal(exactDecimal(value), count);
  const { digits, point } = decimal;
  const exponent = digits === '' ? -1 : point - 1;
  let limit = count ?? 6;
  if (count !== undefined && count > digits.length && digits.length >= point) limit = digits.length;
  if (exponent < -4 || exponent >= limit) return exponentForm(decimal, Math.max(0, digits.length - 1));
  return fixedDigits(decimal, Math.max(0, digits.length - point));
}

function binaryForm(value: number): string {
  const { mantissa, exponent } = binaryParts(value);
  return `${mantissa}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}

/** `%#g`: keeps the point and the zeros that `%g` drops. */
function withPoint(text: string, verb: Verb): string {
  const isHex = 'xX'.includes(verb.letter);
  const [number = '', tail = ''] = text.split(isHex ? /(?=p)/i : /(?=e)/i);
  const digitCount = 'vgGx'.includes(verb.letter) ? (verb.precision ?? 6) : 0;
  let missing = digitCount - number.replace('.', '').replace(/^0+/, '').length;
  let all = number;
  if (!number.includes('.')) {
    // A lone zero counts as one of the digits.
    if (number === '0') missing -= 1;
    all += '.';
  }
  return all + '0'.repeat(Math.max(0, missing)) + tail;
}
