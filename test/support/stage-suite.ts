import { expect, it } from 'vitest';
import { entriesOf } from './entries.js';
import { decodeStages, runStages, stagesOf } from './stages.js';

/** A body that the kind accepts, and lines of which it should make something. */
export interface StageSample {
  readonly body: unknown;
  readonly lines?: readonly string[];
  /** Stages that come before, for those that need something extracted. */
  readonly before?: readonly unknown[];
  /** False for kinds that take no options, or whose body is a list or a map with free names. */
  readonly hasOptions?: boolean;
}

/** What every kind of stage promises. */
export function stageSuite(name: string, sample: StageSample): void {
  const stage = { [name]: sample.body };
  const text = JSON.stringify([...(sample.before ?? []), stage]);
  const lines = [...(sample.lines ?? ['a line', '{"json":"object"}', ''])];

  it('takes an empty array', async () => {
    const { stages } = stagesOf(JSON.stringify([stage]));
    expect(await stages.process([])).toEqual([]);
  });

  it('settles what it drops: lines that came out and lines that are settled are all of them', async () => {
    const { out, settled } = await runStages(text, lines, { app: 'web' });
    for (const entry of out) entry.ack.done(entry.lines);
    expect(settled()).toBe(lines.length);
  });

  it('does not change the label set that it was given', async () => {
    const labels = { app: 'web', level: 'info' };
    const { entries } = entriesOf(lines, labels);
    const before = entries[0]!.labels;
    await runStages(text, lines, labels);
    expect(Object.fromEntries(before.pairs())).toEqual(labels);
  });

  if (sample.hasOptions === false) return;

  it('warns of an option that it does not know', () => {
    const body = { ...(sample.body as object), no_such_option: 1 };
    const { problems } = decodeStages(JSON.stringify([{ [name]: body }]));
    expect(problems.errors).toEqual([]);
    expect(problems.warnings.map(({ message }) => message)).toEqual([
      "unknown key 'no_such_option' (ignored)",
    ]);
  });

  it('takes its options in any case', () => {
    const body = Object.fromEntries(
      Object.entries(sample.body as object).map(([key, value]) => [key.toUpperCase(), value]),
    );
    const { problems } = decodeStages(JSON.stringify([{ [name]: body }]));
    expect([...problems.errors, ...problems.warnings]).toEqual([]);
  });
}
