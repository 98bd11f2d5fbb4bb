import { encodeStandardJson } from '../json/encode.js';
import { parseGoInt } from '../strconv.js';
import { JmesPathSyntaxError } from './syntax-error.js';

/** A token, spelled so that every JMESPath reads it alike. */
export interface JmesPathToken {
  readonly text: string;
  readonly kind: 'value' | 'number' | 'operator';
}

/** Splits an expression as go-jmespath does, escapes and literals included. */
export function splitJmesPath(expression: string): JmesPathToken[] {
  const tokens: JmesPathToken[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < expression.length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(expression);
    if (match === null) {
      throw new JmesPathSyntaxError(
        `column ${[...expression.slice(0, at)].length + 1}: ${expression.slice(at)}`,
      );
    }
    const token = tokenOf(match.groups!);
    if (token !== undefined) tokens.push(token);
  }
  refuseMissingCommas(tokens);
  return tokens;
}

/** One after the other: blanks, operators, names, numbers, quoted names, raw strings, JSON literals. */
const tokenPattern =
  /(?<space>[ \t\n\r]+)|(?<operator>\[[?\]]?|\|\|?|&&?|[<>!]=?|==|[.*,:{}\]()@])|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<number>-?\d+)|"(?<quoted>(?:[^"\\]|\\[\s\S])*)"|'(?<raw>(?:\\'|(?!\\')[^'])*)'|`(?<literal>(?:[^`\\]|\\[\s\S])*)`/y;

function tokenOf(groups: Record<string, string | undefined>): JmesPathToken | undefined {
  const { operator, name, number, quoted, raw, literal } = groups;
  if (operator !== undefined) return { kind: 'operator', text: operator };
  if (name !== undefined) return { kind: 'value', text: name };
  if (number !== undefined) return numberToken(number);
  if (quoted !== undefined) return { kind: 'value', text: JSON.stringify(readJsonLiteral(`"${quoted}"`)) };
  if (raw !== undefined) return literalToken(JSON.stringify(raw.replaceAll("\\'", "'")));
  if (literal === undefined) return undefined;
  return literalToken(encodeStandardJson(readJsonLiteral(literal.replaceAll('\\`', '`'))));
}

function numberToken(text: string): JmesPathToken {
  if (parseGoInt(text) === undefined) throw new JmesPathSyntaxError(`a number out of range: ${text}`);
  return { kind: 'number', text };
}

function literalToken(json: string): JmesPathToken {
  return { kind: 'value', text: `\`${json.replaceAll('`', '\\u0060')}\`` };
}

/** Reads JSON as Go's encoding/json does: no number may overflow, and what is no Unicode becomes U+FFFD. */
function readJsonLiteral(json: string) {
  try {
    return JSON.parse(json, (_, value) => {
      if (value === Infinity || value === -Infinity) throw new RangeError('a number out of range');
      return typeof value === 'string' ? value.toWellFormed() : value;
    });
  } catch (cause) {
    throw new JmesPathSyntaxError(`${json}: ${(cause as Error).message}`, { cause });
  }
}

/** In a list go-jmespath insists on the commas. */
function refuseMissingCommas(tokens: readonly JmesPathToken[]): void {
  const open: string[] = [];
  tokens.forEach((token, index) => {
    const before = tokens[index - 1];
    if (before !== undefined && open.at(-1) === '[' && endsValue(before) && startsValue(token)) {
      throw new JmesPathSyntaxError(`a comma is missing before ${token.text}`);
    }
    if (/^[[({]/.test(token.text) && token.text !== '[]') open.push(token.text);
    if (/^[\])}]$/.test(token.text)) open.pop();
  });
}

function endsValue(token: JmesPathToken): boolean {
  return token.kind === 'value' || /^(?:[\])}@*]|\[\])$/.test(token.text);
}

function startsValue(token: JmesPathToken): boolean {
  return token.kind === 'value' || token.text === '@' || token.text === '&';
}
