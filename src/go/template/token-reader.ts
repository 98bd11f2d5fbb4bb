import { TemplateSyntaxError } from './errors.js';
import type { Token, TokenKind } from './lexer.js';

/** Goes over the tokens of a template; what it complains of, it complains of with the line it is at. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(): Token {
    return this.#tokens[this.#at]!;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end of template') this.#at += 1;
    return token;
  }

  /** The next token that is not space, without taking it. */
  skipSpace(): Token {
    while (this.peek().kind === 'space') this.#at += 1;
    return this.peek();
  }

  /** Whether one of these keywords comes next. */
  isKeyword(...names: string[]): boolean {
    const token = this.skipSpace();
    return token.kind === 'keyword' && names.includes(token.text);
  }

  expect(kind: TokenKind, context: string): Token {
    if (this.skipSpace().kind !== kind) this.unexpected(context);
    return this.next();
  }

  /** A place to go `backTo`. */
  mark(): number {
    return this.#at;
  }

  backTo(mark: number): void {
    this.#at = mark;
  }

  unexpected(context: string): never {
    const { kind, text } = this.peek();
    this.fail(`unexpected ${kind === 'end of template' ? kind : JSON.stringify(text)} in ${context}`);
  }

  fail(problem: string): never {
    throw new TemplateSyntaxError(`line ${this.peek().line}: ${problem}`);
  }
}
