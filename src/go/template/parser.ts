import { tokenize } from './lexer.js';
import type { Node, ParsedTemplate } from './nodes.js';
import { PipeParser, unquoteToken } from './pipe-parser.js';
import { Scope } from './scope.js';
import { TokenReader } from './token-reader.js';

/** The templates of a text by name; the text itself is `mainTemplate`. Throws a TemplateSyntaxError. */
export function parseTemplates(
  source: string,
  isFunction: (name: string) => boolean,
): Map<string, ParsedTemplate> {
  return new Parser(new TokenReader(tokenize(source)), isFunction).parse();
}

// As the agent calls it, for templates that call themselves.
export const mainTemplate = 'pipeline_template';

/** What ended a list of nodes, already read up to (or, before `else if`, without) its closing delimiter. */
type ListEnd = 'end' | 'else' | 'end of template';

class Parser {
  readonly #tokens: TokenReader;
  readonly #pipes: PipeParser;
  readonly #templates = new Map<string, ParsedTemplate>();
  #scope = new Scope();

  constructor(tokens: TokenReader, isFunction: (name: string) => boolean) {
    this.#tokens = tokens;
    this.#pipes = new PipeParser(tokens, isFunction);
  }

  parse(): Map<string, ParsedTemplate> {
    const { nodes, end } = this.#nodes(true);
    if (end !== 'end of template') this.#tokens.fail(`unexpected ${end}`);
    this.#define(mainTemplate, { nodes, slots: this.#scope.slots });
    return this.#templates;
  }

  #define(name: string, template: ParsedTemplate): void {
    const old = this.#templates.get(name);
    if (old !== undefined && !isEmpty(old.nodes)) {
      if (!isEmpty(template.nodes)) this.#tokens.fail(`template ${JSON.stringify(name)} is defined twice`);
      return;
    }
    this.#templates.set(name, template);
  }

  #nodes(isTop: boolean): { nodes: Node[]; end: ListEnd } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#tokens.next();
      if (token.kind === 'end of template') return { nodes, end: token.kind };
      if (token.kind === 'text') {
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      if (this.#tokens.isKeyword('end')) {
        this.#tokens.next();
        this.#tokens.expect('}}', 'end');
        return { nodes, end: 'end' };
      }
      if (this.#tokens.isKeyword('else')) {
        this.#tokens.next();
        if (!this.#tokens.isKeyword('if', 'with')) this.#tokens.expect('}}', 'else');
        return { nodes, end: 'else' };
      }
      if (isTop && this.#tokens.isKeyword('define')) this.#defineClause();
      else nodes.push(this.#action());
    }
  }

  #defineClause(): void {
    this.#tokens.next();
    const name = this.#templateName('define clause');
    this.#tokens.expect('}}', 'define clause');
    this.#innerTemplate(name, 'define clause');
  }

  /** Reads nodes up to the `end` into a template of their own. */
  #innerTemplate(name: string, context: string): void {
    const outer = this.#scope;
    this.#scope = new Scope();
    const { nodes, end } = this.#nodes(false);
    if (end !== 'end') this.#tokens.fail(`unexpected ${end} in ${context}`);
    this.#define(name, { nodes, slots: this.#scope.slots });
    this.#scope = outer;
  }

  #templateName(context: string): string {
    return unquoteToken(this.#tokens.expect('string', context), this.#tokens);
  }

  #action(): Node {
    const token = this.#tokens.skipSpace();
    if (token.kind !== 'keyword')
      return { kind: 'action', pipe: this.#pipes.read('command', '}}', this.#scope) };
    this.#tokens.next();
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
        this.#tokens.expect('}}', token.text);
        if (this.#scope.ranges === 0) this.#tokens.fail(`${token.text} outside range`);
        return { kind: token.text };
    }
    return this.#tokens.fail(`unexpected ${token.text}`);
  }

  #control(kind: 'if' | 'with' | 'range'): Node {
    const leave = this.#scope.enter();
    const pipe = this.#pipes.read(kind, '}}', this.#scope);
    if (kind === 'range') this.#scope.ranges += 1;
    const { nodes: body, end } = this.#nodes(false);
    if (kind === 'range') this.#scope.ranges -= 1;
    if (end === 'end of template') this.#tokens.fail(`${kind} without end`);
    const orElse = end === 'else' ? this.#orElse(kind) : [];
    leave();
    return { kind, pipe, body, orElse };
  }

  #orElse(kind: 'if' | 'with' | 'range'): Node[] {
    // `else if` is an `if` inside the else, which shares its end.
    if (this.#tokens.isKeyword('if', 'with')) {
      if (!this.#tokens.isKeyword(kind)) this.#tokens.unexpected(`else of ${kind}`);
      this.#tokens.next();
      return [this.#control(kind)];
    }
    const { nodes, end } = this.#nodes(false);
    if (end !== 'end') this.#tokens.fail(`expected end, not ${end}`);
    return nodes;
  }

  #templateAction(): Node {
    const name = this.#templateName('template clause');
    if (this.#tokens.skipSpace().kind === '}}') {
      this.#tokens.next();
      return { kind: 'template', name, pipe: undefined };
    }
    return { kind: 'template', name, pipe: this.#pipes.read('template clause', '}}', this.#scope) };
  }

  #block(): Node {
    const name = this.#templateName('block clause');
    const pipe = this.#pipes.read('block clause', '}}', this.#scope);
    this.#innerTemplate(name, 'block clause');
    return { kind: 'template', name, pipe };
  }
}

/** Nothing but space, as between definitions. */
function isEmpty(nodes: Node[]): boolean {
  return nodes.every((node) => node.kind === 'text' && node.text.trim() === '');
}
