/** Thrown for a pattern that Go's `regexp.Compile` refuses, with Go's wording; config loading shows it as it is. */
export class RegexpSyntaxError extends Error {
  override readonly name = 'RegexpSyntaxError';

  constructor(reason: string, excerpt: string) {
    super(`error parsing regexp: ${reason}: \`${excerpt}\``);
  }
}
