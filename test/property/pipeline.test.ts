import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ack } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { Line } from '../../src/entry/line.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { stagesOf } from '../support/stages.js';
import { logLine, pipelineStages } from './pipeline-grammar.js';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 400);

/** What came out, and for each line how often it was settled when all that came out was. */
interface Outcome {
  readonly out: unknown[];
  readonly settled: number[];
  readonly counted: unknown;
}

it('makes the same of the same lines however they are cut into arrays, and settles each line once', async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(
      pipelineStages,
      fc.array(logLine, { maxLength: 25 }),
      cuts,
      async (stages, lines, sizes) => {
        const whole = await run(stages, lines, [lines.length]);
        const cut = await run(stages, lines, sizes);
        expect(cut).toEqual(whole);
        // Parts of a line that never ends stay unsettled.
        const mayHold = JSON.stringify(stages).includes('"cri"');
        for (const times of whole.settled) expect(mayHold ? [0, 1] : [1]).toContain(times);
      },
    ),
    { numRuns },
  );
});

async function run(stages: unknown[], lines: readonly Buffer[], sizes: readonly number[]): Promise<Outcome> {
  const { stages: chain, counted } = stagesOf(JSON.stringify(stages), { now: () => 0 });
  const out: unknown[] = [];
  const sink = {
    push(entries: Entry[]): undefined {
      for (const entry of entries) {
        out.push(snapshot(entry));
        entry.ack.done(entry.lines);
      }
    },
  };
  const pipeline = new Pipeline(chain, sink, Date.now);
  const settled = lines.map(() => 0);
  const labels = new LabelSets().of([
    ['app', 'web'],
    ['filename', '/var/log/x.log'],
  ]);
  let next = 0;
  for (let turn = 0; next < lines.length; turn++) {
    const at = next;
    const size = Math.max(1, sizes[turn % sizes.length]!);
    const chunk = Buffer.concat(lines.slice(at, at + size));
    let start = 0;
    const entries = lines.slice(at, at + size).map((line, index) => {
      const ack = new (class extends Ack {
        override done(count: number): void {
          settled[at + index]! += count;
        }
      })(1, () => {});
      const entry = new Entry(
        labels,
        1_700_000_000,
        at + index,
        Line.ofBytes(chunk, start, start + line.length),
        ack,
      );
      start += line.length;
      return entry;
    });
    await pipeline.push(entries);
    // The chunk is the target's again.
    chunk.fill(0x21);
    next += size;
  }
  await pipeline.close();
  return { out, settled, counted };
}

function snapshot({ labels, seconds, nanos, line, metadata }: Entry): unknown {
  const bytes = Buffer.alloc(line.byteLength);
  line.writeTo(bytes, 0);
  return { stream: labels.key, seconds, nanos, line: bytes.toString('hex'), metadata: metadata?.pairs() };
}
