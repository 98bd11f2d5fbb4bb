import { parseGoFloat, parseGoInt } from '../strconv.js';
import { unquoteGoCharacter } from '../unquote.js';
import { Complex } from './values.js';

/** A number as written: which Go types it may become depends on where it stands. */
export interface NumberLiteral {
  readonly text: string;
  readonly integer?: bigint;
  readonly float?: number;
  readonly complex?: Complex;
}

/** Undefined when `text` is no number. */
export function parseNumberLiteral(text: string): NumberLiteral | undefined {
  if (text.startsWith("'")) {
    const code = unquoteGoCharacter(text);
    return code === undefined ? undefined : { text, integer: BigInt(code), float: code };
  }
  if (text.endsWith('i')) return complexLiteral(text);
  const integer = parseGoInt(text, 0);
  if (integer !== undefined) return { text, integer, float: Number(integer) };
  const float = parseGoFloat(text);
  // What looks like an integer has to fit into 64 bits, if only without a sign.
  if (/^[1-9]\d*$/.test(text)) return BigInt(text) < 1n << 64n ? { text, float: Number(text) } : undefined;
  if (float === undefined || !/[.eEpP]/.test(text)) return undefined;
  return { text, float, ...wholeNumber(float) };
}

/** Whether the number, left to itself, is a float64: it has a point or an exponent. */
export function looksLikeFloat(literal: NumberLiteral): boolean {
  if (literal.text.startsWith("'")) return false;
  const isHexInteger = /^0x/i.test(literal.text) && !/p/i.test(literal.text);
  return !isHexInteger && /[.eEpP]/.test(literal.text);
}

/** `2i` or `1+2i`. */
function complexLiteral(text: string): NumberLiteral | undefined {
  const split = /^(.*?[\d.])([+-].*)i$/.exec(text);
  const real = split === null ? 0 : parseGoFloat(split[1]!);
  const imaginary = parseGoFloat(split === null ? text.slice(0, -1) : split[2]!);
  if (real === undefined || imaginary === undefined) return undefined;
  const complex = new Complex(real, imaginary);
  return imaginary === 0 ? { text, complex, float: real, ...wholeNumber(real) } : { text, complex };
}

function wholeNumber(float: number): { integer?: bigint } {
  return Number.isInteger(float) && Math.abs(float) < 2 ** 63 ? { integer: BigInt(float) } : {};
}
