import { appendFileSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileRig } from '../../support/file-rig.js';
import { compress, rotateAsLogrotate, rotateAsLumberjack } from '../../support/rotate.js';

/** What a writer, its rotator and the operator of the agent do, one after the other. */
type Step =
  | { readonly do: 'write'; readonly lines: number }
  | { readonly do: 'write part' }
  | { readonly do: 'rotate' }
  | { readonly do: 'compress' }
  | { readonly do: 'restart' }
  | { readonly do: 'settle' }
  | { readonly do: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('write' as const), lines: fc.integer({ min: 1, max: 20 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'write part' as const }) },
  { weight: 4, arbitrary: fc.constant({ do: 'rotate' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'compress' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'settle' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30 }) }),
  },
);

type Scheme = 'lumberjack' | 'logrotate';

/** Writes numbered lines to one file, rotates it, and knows what it wrote. */
class Writer {
  readonly #path: string;
  readonly #scheme: Scheme;
  readonly #object: string;
  #time = Date.now();
  #pending = '';
  count = 0;

  /** `object`: what each line holds besides its number. */
  constructor(path: string, scheme: Scheme, object: string) {
    this.#path = path;
    this.#scheme = scheme;
    this.#object = object;
  }

  get lines(): string[] {
    return Array.from({ length: this.count }, (_, number) => this.#line(number));
  }

  write(lines: number): void {
    let text = '';
    for (let i = 0; i < lines; i++) text += this.#nextLine();
    appendFileSync(this.#path, text);
  }

  /** Half a line; its rest comes before anything else. */
  writePart(): void {
    if (this.#pending !== '') return;
    const line = this.#nextLine();
    appendFileSync(this.#path, line.slice(0, 10));
    this.#pending = line.slice(10);
  }

  rotate(): void {
    this.#finishLine();
    if (!existsSync(this.#path)) return;
    // Later than any change of the file before, as a clock that goes forward has it.
    this.#time = Math.max(this.#time + 1, Date.now());
    if (this.#scheme === 'lumberjack') rotateAsLumberjack(this.#path, new Date(this.#time));
    else rotateAsLogrotate(this.#path, 1000);
    writeFileSync(this.#path, '');
  }

  compressOne(directory: string): void {
    const rotated = readdirSync(directory).filter((name) => name !== 'audit.log' && !name.endsWith('.gz'));
    const name = rotated.sort()[0];
    if (name !== undefined) compress(`${directory}/${name}`);
  }

  #nextLine(): string {
    const rest = this.#pending;
    this.#pending = '';
    return `${rest}${this.#line(this.count++)}\n`;
  }

  #line(number: number): string {
    return `{"auditID":"${number}","stage":"ResponseComplete"${this.#object}}`;
  }

  #finishLine(): void {
    if (this.#pending !== '') appendFileSync(this.#path, this.#pending);
    this.#pending = '';
  }

  end(): void {
    this.#finishLine();
  }
}

/** Of short lines it takes many until a file is known for sure, and until then it is read with more care. */
const long = `,"responseObject":"${'x'.repeat(1000)}"`;

test.each<[Scheme, string, string]>([
  ['lumberjack', 'short', ''],
  ['logrotate', 'short', ''],
  ['lumberjack', 'long', long],
  ['logrotate', 'long', long],
])(
  'whatever is written, rotated by %s, restarted and settled: each line comes, in order, and again only if it was not settled (%s lines)',
  async (scheme, _, object) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const rig = new FileRig();
        const path = rig.path('audit.log');
        writeFileSync(path, '');
        const writer = new Writer(path, scheme, object);
        rig.sink.settlesAtOnce = false;
        let settled = 0;
        let starts = 0;
        const settleAll = () => {
          for (const { entry } of rig.sink.received.slice(settled)) entry.ack.done(1);
          settled = rig.sink.received.length;
        };
        const start = () => rig.start({ path: 'audit.log*' });
        await start();
        for (const each of steps) {
          if (each.do === 'write') writer.write(each.lines);
          else if (each.do === 'write part') writer.writePart();
          else if (each.do === 'rotate') writer.rotate();
          else if (each.do === 'compress') writer.compressOne(rig.dir);
          else if (each.do === 'settle') settleAll();
          else if (each.do === 'wait') await wait(each.ms);
          else {
            await rig.stop();
            // What is on its way when an agent stops never arrives.
            settled = rig.sink.received.length;
            starts += 1;
            await start();
          }
        }
        // One more line, so that there is something to wait for whatever came before.
        writer.end();
        writer.write(1);
        const wanted = writer.lines;
        const firstSeen = () => [...new Set(rig.sink.lines)].join('\n');
        await expect.poll(firstSeen, { timeout: 10_000 }).toBe(wanted.join('\n'));
        if (starts === 0) expect(rig.sink.lines).toEqual(wanted);
        // All of it settled: nothing is sent again.
        settleAll();
        await rig.stop();
        const before = rig.sink.received.length;
        await start();
        appendFileSync(path, 'the end, and nothing before it\n');
        await expect.poll(() => rig.sink.lines.slice(before)).toEqual(['the end, and nothing before it']);
        await rig.stop();
      }),
      { numRuns: Number(process.env.AUDITAIL_PROPERTY_RUNS ?? 15) },
    );
  },
  300_000,
);
