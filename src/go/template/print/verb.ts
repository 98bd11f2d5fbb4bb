/** One `%…` of a format: its letter and what stands before it. */
export interface Verb {
  readonly letter: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly plus: boolean;
  readonly minus: boolean;
  readonly sharp: boolean;
  readonly space: boolean;
  readonly zero: boolean;
  /** `%#v`: as Go would write it in a program. */
  readonly isGoSyntax: boolean;
}

export const plainVerb: Verb = {
  letter: 'v',
  width: undefined,
  precision: undefined,
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  isGoSyntax: false,
};

/** Fills up to the width, counted in code points. `zero` fills with zeros, on the left only. */
export function pad(text: string, verb: Verb, zero = verb.zero): string {
  if (verb.width === undefined) return text;
  const missing = verb.width - [...text].length;
  if (missing <= 0) return text;
  if (verb.minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}
