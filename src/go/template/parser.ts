import { unquoteGo } from '../unquote.js';
import { TemplateSyntaxError } from './errors.js';
import { type Token, type TokenKind, tokenize } from './lexer.js';
import type { Node, Operand, ParsedTemplate, Pipe, VariableSlot } from './nodes.js';
import { parseNumberLiteral } from './number-literal.js';

/** The templates of a text by name; the text itself is `mainTemplate`. Throws a TemplateSyntaxError. */
export function parseTemplates(
  source: string,
  isFunction: (name: string) => boolean,
): Map<string, ParsedTemplate> {
  return new Parser(tokenize(source), isFunction).parse();
}

// As the agent calls it, for templates that call themselves.
export const mainTemplate = 'pipeline_template';

/** What ended a list of nodes, already read up to (or, before `else if`, without) its closing delimiter. */
type ListEnd = 'end' | 'else' | 'end of template';

/** What is known of the template being read: a `define` inside it starts afresh. */
interface Scope {
  variables: { name: string; slot: number }[];
  depth: number;
  slots: number;
  ranges: number;
}

class Parser {
  readonly #tokens: Token[];
  readonly #isFunction: (name: string) => boolean;
  readonly #templates = new Map<string, ParsedTemplate>();
  #at = 0;
  #scope: Scope = newScope();

  constructor(tokens: Token[], isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#isFunction = isFunction;
  }

  parse(): Map<string, ParsedTemplate> {
    const { nodes, end } = this.#nodes(true);
    if (end !== 'end of template') this.#fail(`unexpected ${end}`);
    this.#define(mainTemplate, { nodes, slots: this.#scope.slots });
    return this.#templates;
  }

  // Tokens

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #next(): Token {
    const token = this.#peek();
    if (token.kind !== 'end of template') this.#at += 1;
    return token;
  }

  #skipSpace(): Token {
    while (this.#peek().kind === 'space') this.#at += 1;
    return this.#peek();
  }

  #expect(kind: TokenKind, context: string): Token {
    if (this.#skipSpace().kind !== kind) this.#unexpected(context);
    return this.#next();
  }

  #fail(problem: string): never {
    throw new TemplateSyntaxError(`line ${this.#peek().line}: ${problem}`);
  }

  #unexpected(context: string): never {
    const { kind, text } = this.#peek();
    this.#fail(`unexpected ${kind === 'end of template' ? kind : JSON.stringify(text)} in ${context}`);
  }

  #isKeyword(...names: string[]): boolean {
    const token = this.#skipSpace();
    return token.kind === 'keyword' && names.includes(token.text);
  }

  // Templates and nodes

  #define(name: string, template: ParsedTemplate): void {
    const old = this.#templates.get(name);
    if (old !== undefined && !isEmpty(old.nodes)) {
      if (!isEmpty(template.nodes)) this.#fail(`template ${JSON.stringify(name)} is defined twice`);
      return;
    }
    this.#templates.set(name, template);
  }

  #nodes(isTop: boolean): { nodes: Node[]; end: ListEnd } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#next();
      if (token.kind === 'end of template') return { nodes, end: token.kind };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      if (this.#isKeyword('end')) {
        this.#next();
        this.#expect('}}', 'end');
        return { nodes, end: 'end' };
      }
      if (this.#isKeyword('else')) {
        this.#next();
        if (!this.#isKeyword('if', 'with')) this.#expect('}}', 'else');
        return { nodes, end: 'else' };
      }
      if (isTop && this.#isKeyword('define')) this.#defineClause();
      else nodes.push(this.#action());
    }
  }

  #defineClause(): void {
    this.#next();
    const name = this.#templateName('define clause');
    this.#expect('}}', 'define clause');
    this.#innerTemplate(name, 'define clause');
  }

  /** Reads nodes up to the `end` into a template of their own. */
  #innerTemplate(name: string, context: string): void {
    const outer = this.#scope;
    this.#scope = newScope();
    const { nodes, end } = this.#nodes(false);
    if (end !== 'end') this.#fail(`unexpected ${end} in ${context}`);
    this.#define(name, { nodes, slots: this.#scope.slots });
    this.#scope = outer;
  }

  #templateName(context: string): string {
    return this.#unquote(this.#expect('string', context));
  }

  #unquote(token: Token): string {
    return unquoteGo(token.text) ?? this.#fail(`bad string ${token.text}`);
  }

  #action(): Node {
    const token = this.#skipSpace();
    if (token.kind !== 'keyword') return { kind: 'action', pipe: this.#pipe('command', '}}') };
    this.#next();
    switch (token.text) {
      case 'if':
      case 'with':
      case 'range':
        return this.#control(token.text);
      case 'template':
        return this.#templateAction();
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        this.#expect('}}', token.text);
        if (this.#scope.ranges === 0) this.#fail(`${token.text} outside range`);
        return { kind: token.text };
    }
    return this.#fail(`unexpected ${token.text}`);
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const mark = this.#scope.variables.length;
    const { depth } = this.#scope;
    const pipe = this.#pipe(kind, '}}');
    if (kind === 'range') this.#scope.ranges += 1;
    const { nodes: body, end } = this.#nodes(false);
    if (kind === 'range') this.#scope.ranges -= 1;
    if (end === 'end of template') this.#fail(`${kind} without end`);
    const orElse = end === 'else' ? this.#orElse(kind) : [];
    this.#scope.variables.length = mark;
    this.#scope.depth = depth;
    return { kind, pipe, body, orElse };
  }

  #orElse(kind: 'if' | 'with' | 'range'): Node[] {
    // `else if` is an `if` inside the else, which shares its end.
    if (this.#isKeyword('if', 'with')) {
      if (!this.#isKeyword(kind)) this.#unexpected(`else of ${kind}`);
      this.#next();
      return [this.#control(kind)];
    }
    const { nodes, end } = this.#nodes(false);
    if (end !== 'end') this.#fail(`expected end, not ${end}`);
    return nodes;
  }

  #templateAction(): Node {
    const name = this.#templateName('template clause');
    if (this.#skipSpace().kind === '}}') {
      this.#next();
      return { kind: 'template', name, pipe: undefined };
    }
    return { kind: 'template', name, pipe: this.#pipe('template clause', '}}') };
  }

  #block(): Node {
    const name = this.#templateName('block clause');
    const pipe = this.#pipe('block clause', '}}');
    this.#innerTemplate(name, 'block clause');
    return { kind: 'template', name, pipe };
  }

  // Pipelines

  #pipe(context: string, close: '}}' | ')'): Pipe {
    const { names, isAssignment } = this.#declarations(context);
    // The value may refer to an outer variable of the same name, so the new one is not in reach yet.
    const pending = names.map((name) => ({ name, slot: -1 }));
    const declared = isAssignment ? names.map((name) => this.#variable(name) ?? { name, slot: -1 }) : pending;
    this.#scope.variables.push(...pending);
    const commands: Operand[][] = [];
    while (this.#skipSpace().kind !== close) commands.push(this.#command(context));
    this.#next();
    this.#checkCommands(commands, context);
    if (!isAssignment) for (const variable of pending) variable.slot = this.#newSlot();
    return { declared, isAssignment, commands };
  }

  #newSlot(): number {
    const slot = this.#scope.depth++;
    this.#scope.slots = Math.max(this.#scope.slots, this.#scope.depth);
    return slot;
  }

  /** `$x :=`, `$x =`, or in a range `$i, $x :=`. */
  #declarations(context: string): { names: string[]; isAssignment: boolean } {
    const names: string[] = [];
    for (;;) {
      const start = this.#at;
      if (this.#skipSpace().kind !== 'variable') return { names, isAssignment: false };
      const name = this.#next().text;
      const { kind, text } = this.#skipSpace();
      if (kind === '=' || kind === ':=') {
        this.#next();
        return { names: [...names, name], isAssignment: kind === '=' };
      }
      if (kind !== 'character' || text !== ',') {
        this.#at = start;
        return { names, isAssignment: false };
      }
      this.#next();
      names.push(name);
      if (context !== 'range' || names.length > 1) this.#fail(`too many declarations in ${context}`);
      if (!['variable', '}}', ')'].includes(this.#skipSpace().kind)) this.#unexpected('declaration');
    }
  }

  #checkCommands(commands: Operand[][], context: string): void {
    if (commands.length === 0) this.#fail(`missing value for ${context}`);
    for (const [first] of commands.slice(1)) {
      if (['bool', 'dot', 'nil', 'number', 'string'].includes(first!.kind)) {
        this.#fail('only the first command of a pipeline may be a value');
      }
    }
  }

  #command(context: string): Operand[] {
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const { kind } = this.#peek();
      if (kind === 'space') continue;
      if (operands.length === 0) this.#unexpected(context);
      if (kind === '|') this.#next();
      else if (kind !== '}}' && kind !== ')') this.#unexpected('operand');
      return operands;
    }
  }

  #operand(): Operand | undefined {
    const operand = this.#term();
    if (operand === undefined || this.#peek().kind !== 'field') return operand;
    const fields: string[] = [];
    while (this.#peek().kind === 'field') fields.push(this.#next().text.slice(1));
    switch (operand.kind) {
      case 'field':
      case 'variable':
        return { ...operand, fields: [...operand.fields, ...fields] };
      case 'function':
      case 'pipe':
        return { kind: 'chain', base: operand, fields };
      default:
        return this.#fail(`unexpected .${fields[0]} after a value`);
    }
  }

  #term(): Operand | undefined {
    const token = this.#peek();
    const operand = this.#termOf(token);
    if (operand !== undefined && operand.kind !== 'pipe') this.#next();
    return operand;
  }

  #termOf(token: Token): Operand | undefined {
    switch (token.kind) {
      case 'identifier':
        if (!this.#isFunction(token.text))
          this.#fail(`function ${JSON.stringify(token.text)} is not defined`);
        return { kind: 'function', name: token.text };
      case '.':
        return { kind: 'dot' };
      case 'nil':
        return { kind: 'nil' };
      case 'bool':
        return { kind: 'bool', value: token.text === 'true' };
      case 'variable': {
        const variable = this.#variable(token.text) ?? this.#fail(`undefined variable ${token.text}`);
        return { kind: 'variable', variable, fields: [] };
      }
      case 'field':
        return { kind: 'field', fields: [token.text.slice(1)] };
      case 'character constant':
      case 'number':
      case 'complex':
        return {
          kind: 'number',
          value: parseNumberLiteral(token.text) ?? this.#fail(`bad number ${token.text}`),
        };
      case 'string':
        return { kind: 'string', value: this.#unquote(token) };
      case '(':
        this.#next();
        return { kind: 'pipe', pipe: this.#pipe('parenthesized pipeline', ')') };
      default:
        return undefined;
    }
  }

  /** The variable as it is known so far: a later declaration changes nothing for those who meant an earlier one. */
  #variable(name: string): VariableSlot | undefined {
    const named = this.#scope.variables.filter((variable) => variable.name === name);
    const found = named.findLast(({ slot }) => slot >= 0) ?? named.at(-1);
    return found === undefined ? undefined : { ...found };
  }
}

function newScope(): Scope {
  return { variables: [{ name: '$', slot: 0 }], depth: 1, slots: 1, ranges: 0 };
}

/** Nothing but space, as between definitions. */
function isEmpty(nodes: Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
