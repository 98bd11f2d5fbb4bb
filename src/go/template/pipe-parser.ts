import { unquoteGo } from '../unquote.js';
import type { Token } from './lexer.js';
import type { Operand, Pipe } from './nodes.js';
import { parseNumberLiteral } from './number-literal.js';
import { Scope } from './scope.js';
import type { TokenReader } from './token-reader.js';

/** Reads what stands inside an action: declarations, commands and their operands. */
export class PipeParser {
  readonly #tokens: TokenReader;
  readonly #isFunction: (name: string) => boolean;
  #scope = new Scope();

  constructor(tokens: TokenReader, isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  /** A pipeline up to its closing token, which is taken too. */
  read(context: string, close: '}}' | ')', scope: Scope): Pipe {
    this.#scope = scope;
    const { names, isAssignment } = this.#declarations(context);
    // The value may refer to an outer variable of the same name, so the new one is not in reach yet.
    const pending = names.map((name) => ({ name, slot: -1 }));
    const declared = isAssignment
      ? names.map((name) => this.#scope.find(name) ?? { name, slot: -1 })
      : pending;
    this.#scope.add(pending);
    const commands: Operand[][] = [];
    while (this.#tokens.skipSpace().kind !== close) commands.push(this.#command(context));
    this.#tokens.next();
    this.#checkCommands(commands, context);
    if (!isAssignment) for (const variable of pending) variable.slot = this.#scope.newSlot();
    return { declared, isAssignment, commands };
  }

  /** `$x :=`, `$x =`, or in a range `$i, $x :=`. */
  #declarations(context: string): { names: string[]; isAssignment: boolean } {
    const names: string[] = [];
    for (;;) {
      const start = this.#tokens.mark();
      if (this.#tokens.skipSpace().kind !== 'variable') return { names, isAssignment: false };
      const name = this.#tokens.next().text;
      const { kind, text } = this.#tokens.skipSpace();
      if (kind === '=' || kind === ':=') {
        this.#tokens.next();
        return { names: [...names, name], isAssignment: kind === '=' };
      }
      if (kind !== 'character' || text !== ',') {
        this.#tokens.backTo(start);
        return { names, isAssignment: false };
      }
      this.#tokens.next();
      names.push(name);
      if (context !== 'range' || names.length > 1) this.#tokens.fail(`too many declarations in ${context}`);
      if (!['variable', '}}', ')'].includes(this.#tokens.skipSpace().kind))
        this.#tokens.unexpected('declaration');
    }
  }

  #checkCommands(commands: Operand[][], context: string): void {
    if (commands.length === 0) this.#tokens.fail(`missing value for ${context}`);
    for (const [first] of commands.slice(1)) {
      if (['bool', 'dot', 'nil', 'number', 'string'].includes(first!.kind)) {
        this.#tokens.fail('only the first command of a pipeline may be a value');
      }
    }
  }

  #command(context: string): Operand[] {
    const operands: Operand[] = [];
    for (;;) {
      this.#tokens.skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const { kind } = this.#tokens.peek();
      if (kind === 'space') continue;
      if (operands.length === 0) this.#tokens.unexpected(context);
      if (kind === '|') this.#tokens.next();
      else if (kind !== '}}' && kind !== ')') this.#tokens.unexpected('operand');
      return operands;
    }
  }

  #operand(): Operand | undefined {
    const operand = this.#term();
    if (operand === undefined || this.#tokens.peek().kind !== 'field') return operand;
    const fields: string[] = [];
    while (this.#tokens.peek().kind === 'field') fields.push(this.#tokens.next().text.slice(1));
    switch (operand.kind) {
      case 'field':
      case 'variable':
        return { ...operand, fields: [...operand.fields, ...fields] };
      case 'function':
      case 'pipe':
        return { kind: 'chain', base: operand, fields };
      default:
        return this.#tokens.fail(`unexpected .${fields[0]} after a value`);
    }
  }

  #term(): Operand | undefined {
    const token = this.#tokens.peek();
    const operand = this.#termOf(token);
    if (operand !== undefined && operand.kind !== 'pipe') this.#tokens.next();
    return operand;
  }

  #termOf(token: Token): Operand | undefined {
    switch (token.kind) {
      case 'identifier':
        if (!this.#isFunction(token.text))
          this.#tokens.fail(`function ${JSON.stringify(token.text)} is not defined`);
        return { kind: 'function', name: token.text };
      case '.':
        return { kind: 'dot' };
      case 'nil':
        return { kind: 'nil' };
      case 'bool':
        return { kind: 'bool', value: token.text === 'true' };
      case 'variable': {
        const variable =
          this.#scope.find(token.text) ?? this.#tokens.fail(`undefined variable ${token.text}`);
        return { kind: 'variable', variable, fields: [] };
      }
      case 'field':
        return { kind: 'field', fields: [token.text.slice(1)] };
      case 'character constant':
      case 'number':
      case 'complex':
        return {
          kind: 'number',
          value: parseNumberLiteral(token.text) ?? this.#tokens.fail(`bad number ${token.text}`),
        };
      case 'string':
        return { kind: 'string', value: unquoteToken(token, this.#tokens) };
      case '(':
        this.#tokens.next();
        return { kind: 'pipe', pipe: this.read('parenthesized pipeline', ')', this.#scope) };
      default:
        return undefined;
    }
  }
}

/** The text of a string token. */
export function unquoteToken(token: Token, tokens: TokenReader): string {
  return unquoteGo(token.text) ?? tokens.fail(`bad string ${token.text}`);
}
