/**
 * Cases where this agent does something else than Promtail, on purpose, with the lines that arrive here. docs/conformance.md gives
 * the reasons.
 */
export const differences: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'ts-beyond-year-9999-loses-the-whole-batch',
    ['1714557600 a good line in the same batch', '1714557602 another good one'],
  ],
  ['ts-year-zero-loses-the-whole-batch', ['2024 good']],
  ['crash-counter-add-negative', ['{"n":-1}']],
  ['crash-histogram-with-le-label', ['{"n":1}']],
  ['crash-jmespath-merge-of-non-object', ['{"o":{"a":1},"s":"x"}']],
]);
