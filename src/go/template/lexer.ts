import { TemplateSyntaxError } from './errors.js';

export type TokenKind =
  | 'text'
  | '{{'
  | '}}'
  | 'space'
  | '('
  | ')'
  | '|'
  | '='
  | ':='
  | 'character'
  | 'string'
  | 'character constant'
  | 'number'
  | 'complex'
  | 'field'
  | 'variable'
  | 'identifier'
  | 'keyword'
  | 'bool'
  | '.'
  | 'nil'
  | 'end of template';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly line: number;
}

/** Cuts a template into tokens; space between those of an action is one, as it tells `.a .b` from `.a.b`. */
export function tokenize(source: string): Token[] {
  return new Lexer(source).run();
}

const keywords = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

const spaces = /[ \t\r\n]+/y;
const rightDelimiter = /(?:[ \t\r\n]-)?\}\}/y;
// Made when they are needed, as Unicode's classes take V8 a while.
const word = () => /[\p{L}\p{Nd}_]+/uy;
const fieldOrVariable = () => /[.$][\p{L}\p{Nd}_]*/uy;
const number =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?[\d_]*)?|0[oO][0-7_]*(?:\.[0-7_]*)?|0[bB][01_]*(?:\.[01_]*)?|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
const doubleQuoted = /"(?:\\[^\n]|[^"\\\n])*"/uy;
const backQuoted = /`[^`]*`/y;
const singleQuoted = /'(?:\\[^\n]|[^'\\\n])*'/uy;
/** What may follow a word, a field or a variable. */
const terminator = /[ \t\r\n.,|:()]|\}\}|$/y;

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  run(): Token[] {
    for (;;) {
      const open = this.#source.indexOf('{{', this.#at);
      if (open < 0) break;
      this.#readText(open);
      this.#readAction();
    }
    this.#push('text', this.#source.slice(this.#at));
    this.#push('end of template', '');
    return this.#tokens;
  }

  #push(kind: TokenKind, text: string): void {
    if (kind !== 'text' || text !== '') this.#tokens.push({ kind, text, line: this.#line });
    this.#skip(text);
  }

  #skip(text: string): void {
    this.#at += text.length;
    for (const character of text) if (character === '\n') this.#line += 1;
  }

  #fail(problem: string): never {
    throw new TemplateSyntaxError(`line ${this.#line}: ${problem}`);
  }

  #match(pattern: RegExp, at = this.#at): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#source)?.[0];
  }

  /** Text up to an action, without the space before it when the action begins with `{{- `. */
  #readText(end: number): void {
    const text = this.#source.slice(this.#at, end);
    const kept = this.#hasTrimMarker(end) ? text.replace(/[ \t\r\n]+$/, '') : text;
    this.#push('text', kept);
    this.#skip(text.slice(kept.length));
  }

  #hasTrimMarker(open: number): boolean {
    return /^-[ \t\r\n]/.test(this.#source.slice(open + 2, open + 4));
  }

  #readAction(): void {
    const opening = this.#hasTrimMarker(this.#at) ? 4 : 2;
    if (this.#source.startsWith('/*', this.#at + opening)) {
      this.#skipComment(opening);
      return;
    }
    this.#push('{{', this.#source.slice(this.#at, this.#at + opening));
    for (let depth = 0; ; ) {
      const close = this.#match(rightDelimiter);
      if (close !== undefined) {
        if (depth > 0) this.#fail('unclosed parenthesis');
        this.#close(close);
        return;
      }
      const kind = this.#readToken();
      if (kind === '(') depth += 1;
      else if (kind === ')') depth -= 1;
      if (depth < 0) this.#fail('unexpected )');
    }
  }

  #close(delimiter: string): void {
    this.#push('}}', delimiter);
    if (delimiter.length > 2) this.#skip(this.#match(spaces) ?? '');
  }

  #skipComment(opening: number): void {
    const end = this.#source.indexOf('*/', this.#at + opening + 2);
    if (end < 0) this.#fail('unclosed comment');
    const close = this.#match(rightDelimiter, end + 2);
    if (close === undefined) this.#fail('a comment has to be the whole action');
    this.#skip(this.#source.slice(this.#at, end + 2) + close);
    if (close.length > 2) this.#skip(this.#match(spaces) ?? '');
  }

  #readToken(): TokenKind {
    const [kind, text] = this.#nextToken();
    this.#push(kind, text);
    return kind;
  }

  #nextToken(): [TokenKind, string] {
    const first = this.#source[this.#at];
    switch (first) {
      case undefined:
        return this.#fail('unclosed action');
      case ' ':
      case '\t':
      case '\r':
      case '\n':
        return ['space', this.#spaceBeforeDelimiter()];
      case '=':
      case '|':
      case '(':
      case ')':
        return [first, first];
      case ':':
        if (this.#source[this.#at + 1] !== '=') this.#fail('expected :=');
        return [':=', ':='];
      case '"':
        return ['string', this.#match(doubleQuoted) ?? this.#fail('unterminated string')];
      case '`':
        return ['string', this.#match(backQuoted) ?? this.#fail('unterminated raw string')];
      case "'":
        return ['character constant', this.#match(singleQuoted) ?? this.#fail('unterminated character')];
      case '$':
        return ['variable', this.#terminated(this.#match(fieldOrVariable())!)];
    }
    return this.#nextWord(first);
  }

  #nextWord(first: string): [TokenKind, string] {
    if (first === '.' && !/\d/.test(this.#source[this.#at + 1] ?? '0')) {
      const field = this.#terminated(this.#match(fieldOrVariable())!);
      return [field === '.' ? '.' : 'field', field];
    }
    if (/[.+\-\d]/.test(first)) return this.#nextNumber();
    const name = this.#match(word());
    if (name !== undefined) return [wordKind(name), this.#terminated(name)];
    if (first > ' ' && first <= '~') return ['character', first];
    return this.#fail(`unexpected character ${JSON.stringify(first)}`);
  }

  #terminated(text: string): string {
    const end = this.#at + text.length;
    if (this.#match(terminator, end) !== undefined) return text;
    return this.#fail(`unexpected ${JSON.stringify(this.#source[end])} after ${text}`);
  }

  /** All of a run of spaces but one that belongs to ` -}}`. */
  #spaceBeforeDelimiter(): string {
    const run = this.#match(spaces)!;
    return this.#source.startsWith('-}}', this.#at + run.length) ? run.slice(0, -1) : run;
  }

  #nextNumber(): [TokenKind, string] {
    const real = this.#match(number)!;
    const end = this.#at + real.length;
    if (this.#match(word(), end) !== undefined) this.#fail(`bad number ${real}${this.#match(word(), end)}`);
    if (!/[+-]/.test(this.#source[end] ?? '')) return ['number', real];
    const imaginary = this.#match(number, end)!;
    const isComplex = imaginary.endsWith('i') && this.#match(word(), end + imaginary.length) === undefined;
    return isComplex ? ['complex', real + imaginary] : this.#fail(`bad number ${real}${imaginary}`);
  }
}

function wordKind(text: string): TokenKind {
  if (keywords.has(text)) return 'keyword';
  if (text === 'true' || text === 'false') return 'bool';
  return text === 'nil' ? 'nil' : 'identifier';
}
