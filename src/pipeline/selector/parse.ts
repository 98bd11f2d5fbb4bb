import { splitSelector, type Token } from './lex.js';
import {
  filterOperators,
  type LabelMatcher,
  type LineFilter,
  matcherOperators,
  type Selector,
  SelectorSyntaxError,
} from './selector.js';

/**
 * Reads the selector of a match stage. Throws SelectorSyntaxError for what Promtail refuses; regular expressions are
 * looked at only when the selector is put to use.
 *
 *     selector = "{" matcher { "," matcher } "}" { filter } end
 *     matcher  = name ( "=" | "!=" | "=~" | "!~" ) string
 *     filter   = ( "|=" | "!=" | "|~" | "!~" ) string
 */
export function parseSelector(text: string): Selector {
  return new SelectorParser(text).readSelector();
}

class SelectorParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = splitSelector(text);
  }

  readSelector(): Selector {
    this.#take(['{']);
    const matchers = [this.#readMatcher()];
    while (this.#take([',', '}']).kind === ',') {
      matchers.push(this.#readMatcher());
    }
    const filters: LineFilter[] = [];
    while (this.#tokens[this.#at]!.kind !== 'end') {
      filters.push(this.#readFilter());
    }
    return { matchers, filters };
  }

  #readMatcher(): LabelMatcher {
    const name = this.#take(['name']).text;
    const operator = this.#take(matcherOperators).kind;
    return { name, operator, value: this.#take(['string']).text };
  }

  #readFilter(): LineFilter {
    const operator = this.#take(filterOperators).kind;
    return { operator, value: this.#take(['string']).text };
  }

  #take<Kind extends Token['kind']>(expected: readonly Kind[]): Token & { readonly kind: Kind } {
    const token = this.#tokens[this.#at]!;
    if (!isOneOf(token, expected)) {
      const found = token.kind === 'end' ? 'the end' : token.kind === 'string' ? 'a string' : token.text;
      throw new SelectorSyntaxError(`${expected.join(' or ')} expected, not ${found}`, this.#text, token.at);
    }
    this.#at++;
    return token;
  }
}

function isOneOf<Kind extends Token['kind']>(
  token: Token,
  kinds: readonly Kind[],
): token is Token & { readonly kind: Kind } {
  return (kinds as readonly string[]).includes(token.kind);
}
