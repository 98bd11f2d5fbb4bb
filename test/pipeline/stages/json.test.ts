import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { Line } from '../../../src/entry/line.js';
import { chunkOf, decodeStages, stagesOf } from '../../support/stages.js';

/** The second list is not of plain paths only, so its lines are parsed whole. */
const plain = '[{ json: { expressions: { a: a, b: b.c, d: d } } }]';
const parsed = '[{ json: { expressions: { a: a, b: b.c, d: d, other: "@" } } }]';

function extractedBy(text: string, lines: string[], asText: boolean): unknown[] {
  const { entries } = chunkOf(lines, { a: 'label' });
  if (asText) for (const entry of entries) entry.line = Line.ofText(entry.line.text);
  const out = stagesOf(text).stages.process(entries) as Entry[];
  return out.map(({ extracted }) => ['a', 'b', 'd'].map((name) => extracted!.get(name)));
}

const document = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'A'),
  fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.jsonValue(), fc.dictionary(fc.constantFrom('c', 'd'), tie('value'))),
  })).value,
);

it('extracts the same from bytes, from text and from the whole document', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          document.map((value) => JSON.stringify(value)),
          fc.json(),
          fc.string(),
        ),
        { minLength: 1 },
      ),
      (texts) => {
        const lines = texts.map((text) => text.replaceAll('\n', ' '));
        const whole = extractedBy(parsed, lines, true);
        expect(extractedBy(plain, lines, false)).toEqual(whole);
        expect(extractedBy(plain, lines, true)).toEqual(whole);
      },
    ),
    { numRuns: 300 },
  );
});

it('says which expression cannot be read', () => {
  const { problems } = decodeStages('- json:\n    expressions:\n      user: user.\n');
  expect(problems.errors.map((problem) => problems.print(problem))).toEqual([
    expect.stringMatching(/^3:13: \[0\]\.json\.expressions\.user: /),
  ]);
});
