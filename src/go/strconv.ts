/** What Go's `strconv.ParseFloat(text, 64)` takes: decimal and hex floats, `_` between digits, inf and nan. */
export function parseGoFloat(text: string): number | undefined {
  if (plainDecimal.test(text)) return finite(Number(text));
  if (infinity.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (text.length === 3 && text.toLowerCase() === 'nan') return Number.NaN;
  if (!text.includes('_')) return parseHexFloat(text);
  const digit = /^[+-]?0x/i.test(text) ? /(?<=[\da-fx])_(?=[\da-f])/gi : /(?<=\d)_(?=\d)/g;
  const joined = text.replace(digit, '');
  return joined.includes('_') ? undefined : parseGoFloat(joined);
}

/**
 * What Go's `strconv.ParseInt(text, base, 64)` takes. Base 0 reads the base from the prefix (`0x`, `0b`, `0o`, `0`) and
 * allows `_` between digits.
 */
export function parseGoInt(text: string, base: 0 | 8 | 10 = 10): bigint | undefined {
  const magnitude = parseMagnitude(text.startsWith('-') || text.startsWith('+') ? text.slice(1) : text, base);
  if (magnitude === undefined) return undefined;
  const value = text.startsWith('-') ? -magnitude : magnitude;
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

/** Go's `FormatFloat(value, 'f', -1, 64)`: the shortest digits that round-trip, never in exponent form. */
export function formatGoFloat(value: number): string {
  // What nearly all are: V8 remembers the texts of small whole numbers.
  if (value > 0 && (value | 0) === value) return String(value);
  const text = specialFloat(value) ?? String(value);
  const exponentAt = text.indexOf('e');
  if (exponentAt < 0) return text;
  const { sign, digits, point } = decimalParts(value);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

/** Go's `%v` of a float64: the same digits, in exponent form below 1e-4 and from 1e6 on. */
export function formatGoFloatShortest(value: number): string {
  const special = specialFloat(value);
  if (special !== undefined) return special;
  const { point } = decimalParts(value);
  return point < -3 || point > 6 ? formatGoFloatExponent(value) : formatGoFloat(value);
}

/** Go's `FormatFloat(value, 'e', -1, 64)`: at least two exponent digits. */
export function formatGoFloatExponent(value: number): string {
  const special = specialFloat(value);
  if (special !== undefined) return value === 0 ? `${special}e+00` : special;
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** Go's `strconv.Quote`: a double-quoted string with Go escapes; a byte that is not valid UTF-8 becomes `\xNN`. */
export function quoteGo(text: string): string {
  return plainText.test(text) ? `"${text}"` : `"${text.replace(needsEscape(), escapeCharacter)}"`;
}

const plainDecimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinity = /^[+-]?inf(?:inity)?$/i;
const hexFloat = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)p([+-]?\d+)$/i;

// ParseFloat calls a number beyond the largest float64 out of range, an error.
function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

function parseHexFloat(text: string): number | undefined {
  const [, sign, whole = '', fraction = '', exponent] = hexFloat.exec(text) ?? [];
  const digits = whole + fraction;
  if (digits === '') return undefined;
  const scale = Number(exponent) - 4 * fraction.length;
  // In two steps, as 2 ** scale alone may overflow or vanish where the product does not.
  const half = Math.trunc(scale / 2);
  const value = Number(BigInt(`0x${digits}`)) * 2 ** half * 2 ** (scale - half);
  return finite(sign === '-' ? -value : value);
}

const digitsOf: Record<number, RegExp> = { 2: /^[01]+$/, 8: /^[0-7]+$/, 10: /^\d+$/, 16: /^[\da-f]+$/i };
const prefixOf: Record<number, string> = { 2: '0b', 8: '0o', 10: '', 16: '0x' };

function parseMagnitude(text: string, base: 0 | 8 | 10): bigint | undefined {
  if (base !== 0) return digitsOf[base]!.test(text) ? BigInt(prefixOf[base] + text) : undefined;
  const radix = radixOf(text);
  const withoutPrefix = radix === 10 ? text : text.replace(/^0[xbo]?_?/i, '');
  const digits = withoutPrefix.replace(/(?<=[\da-f])_(?=[\da-f])/gi, '');
  if (digits === '' && text === '0') return 0n;
  return digitsOf[radix]!.test(digits) ? BigInt(prefixOf[radix] + digits) : undefined;
}

function radixOf(text: string): number {
  if (/^0x/i.test(text)) return 16;
  if (/^0b/i.test(text)) return 2;
  return text.startsWith('0') ? 8 : 10;
}

function specialFloat(value: number): string | undefined {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? '+Inf' : '-Inf';
}

/** The shortest digits of a finite number and where the decimal point goes: value = 0.digits × 10^point. */
function decimalParts(value: number): { sign: string; digits: string; point: number } {
  const [mantissa = '', exponent] = Math.abs(value).toExponential().split('e');
  return { sign: value < 0 ? '-' : '', digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
}

const plainText = /^[ !#-[\]-~]*$/;
// What Go's unicode.IsPrint refuses, and the two characters that have a meaning between quotes. Made
// when it is needed: V8 takes 2 ms to look up Unicode's classes.
const needsEscape = () => /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const shortEscapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

function escapeCharacter(character: string): string {
  const short = shortEscapes[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0)!;
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code < 0x10000
    ? `\\u${code.toString(16).padStart(4, '0')}`
    : `\\U${code.toString(16).padStart(8, '0')}`;
}
