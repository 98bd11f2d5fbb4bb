import { RE2JS, RE2JSSyntaxException } from 're2js';
import { re2Source } from './re2-source.js';
import type { MatchIndexes, RegexpEngine } from './regexp-engine.js';
import { RegexpSyntaxError } from './regexp-syntax-error.js';
import type { SyntaxNode } from './syntax-tree.js';

/** Linear in the length of the text whatever the pattern; ten to a hundred times slower than the other in the good case. */
export class LinearEngine implements RegexpEngine {
  readonly #root: SyntaxNode;
  readonly #original: string;
  #compiled: RE2JS | undefined;

  /** Throws RegexpSyntaxError, quoting the original source, for a pattern too large or too deep. */
  constructor(root: SyntaxNode, original: string) {
    this.#root = root;
    this.#original = original;
    if (mayBeTooLarge(original)) this.#compiled = compile(root, original);
  }

  test(text: string): boolean {
    return this.#regexp.test(text.toWellFormed());
  }

  exec(text: string, from: number): MatchIndexes | undefined {
    // Lone surrogates carry bad bytes, and Go sees U+FFFD in their place: one unit each, so no index moves.
    const valid = text.toWellFormed();
    // Whether there is a match at all is found out several times faster than where the groups are.
    if (from === 0 && !this.#regexp.test(valid)) return undefined;
    const groupCount = this.#regexp.groupCount() + 1;
    const [isMatch, indexes] = this.#regexp
      .re2()
      .matchWithGroup(valid, from, valid.length, UNANCHORED, groupCount);
    return isMatch ? indexes : undefined;
  }

  groups(text: string): (string | undefined)[] | undefined {
    const indexes = this.exec(text, 0);
    if (!indexes) return undefined;
    const captured: (string | undefined)[] = [];
    for (let i = 0; i < indexes.length; i += 2) {
      captured.push(indexes[i]! < 0 ? undefined : text.slice(indexes[i], indexes[i + 1]));
    }
    return captured;
  }

  /** Made when it is needed, which for most patterns is never: it costs 0.1 ms, and the library behind it 40 ms and 5 MB. */
  get #regexp(): RE2JS {
    this.#compiled ??= compile(this.#root, this.#original);
    return this.#compiled;
  }
}

/** Only counted repeats and deep nesting make a pattern that the library, like Go, calls too large. */
function mayBeTooLarge(source: string): boolean {
  return source.includes('{') || source.length > 500;
}

const UNANCHORED = 0;

/** What the parser let through, only its size can still be wrong with. */
function compile(root: SyntaxNode, original: string): RE2JS {
  try {
    return RE2JS.compile(re2Source(root));
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new RegexpSyntaxError(error.error, original);
    throw error;
  }
}
