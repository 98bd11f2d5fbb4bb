import { compileGoRegexp, type GoRegexp } from '../regexp/go-regexp.js';

// Patterns are nearly always written in the template; one made from the line must not fill the memory.
const maxPatterns = 1000;

/** Keeps the patterns that a template's functions are called with, which Go compiles anew at every call. */
export class PatternCache {
  readonly #patterns = new Map<string, GoRegexp>();

  /** Throws when the pattern is refused. */
  get(source: string): GoRegexp {
    const known = this.#patterns.get(source);
    if (known !== undefined) return known;
    const pattern = compileGoRegexp(source);
    if (this.#patterns.size >= maxPatterns) this.#patterns.clear();
    this.#patterns.set(source, pattern);
    return pattern;
  }
}
