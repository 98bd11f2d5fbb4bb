import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, onTestFinished } from 'vitest';
import { LabelSets } from '../../src/entry/labels.js';
import { ReadClock } from '../../src/entry/read-clock.js';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { positionsMetrics } from '../../src/metrics/positions-metrics.js';
import { PositionStore } from '../../src/positions/position-store.js';
import { DirectIntake } from '../../src/queue/direct-intake.js';
import { relabel } from '../../src/relabel/relabel.js';
import { relabelRules } from '../../src/relabel/rule.js';
import type { Target, TargetDeps, TargetKind } from '../../src/targets/target.js';
import { RecordingSink } from './file-rig.js';
import { recordedLog } from './recorded-log.js';
import { tempDir } from './temp-dir.js';

/** What a config says, decoded. Throws what is wrong with it. */
export function decodeOptions<Options>(kind: TargetKind<Options>, text: string): Options {
  const problems = new Problems('');
  const options = kind.field.decode(parseConfigText(text, problems), problems);
  const [problem] = problems.errors;
  if (problem !== undefined) throw new Error(`${problem.path}: ${problem.message}`);
  return options as Options;
}

/** One target with everything around it but the agent; as often started anew as a test likes. */
export class TargetRig {
  readonly positionsFile = join(tempDir(), 'positions.yaml');
  readonly sink = new RecordingSink();
  readonly logged: Record<string, unknown>[] = [];
  readonly registry = new Registry();
  environment: Record<string, string> = {};
  #running: { target: Target; positions: PositionStore } | undefined;

  constructor() {
    onTestFinished(() => this.stop());
  }

  get target(): Target {
    return this.#running!.target;
  }

  get positions(): PositionStore {
    return this.#running!.positions;
  }

  /** Starts a target of this kind from the text of its config. */
  async start<Options>(kind: TargetKind<Options>, text: string, rules = '[]'): Promise<Target> {
    return this.startBuilt((deps) => kind.build(decodeOptions(kind, text), deps), rules);
  }

  async startBuilt(build: (deps: TargetDeps) => Target, rules = '[]'): Promise<Target> {
    const { log } = recordedLog(this.logged);
    const problems = new Problems('');
    const decoded = relabelRules.decode(parseConfigText(rules, problems), problems);
    expect(problems.errors).toEqual([]);
    const positions = await PositionStore.open(
      { filename: this.positionsFile, ignoreInvalidYaml: false, isReadOnly: false },
      { log, metrics: positionsMetrics(new Registry()), now: Date.now },
    );
    const target = build({
      jobName: 'job',
      sink: this.sink,
      intake: () => new DirectIntake(this.sink),
      relabel: (labels) => relabel(decoded, labels),
      labelSets: new LabelSets(),
      positions,
      clock: new ReadClock(),
      now: Date.now,
      log,
      registry: this.registry,
      hostname: 'node-1',
      version: '0.0.0',
      environment: this.environment,
    });
    this.#running = { target, positions };
    await target.start();
    return target;
  }

  /** Stops as the agent does: reading first, then what is settled is written down. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    await running.target.stop();
    await running.target.close?.(AbortSignal.timeout(1000));
    await running.positions.stop();
  }

  /** Waits until exactly these lines have come, in whatever order when `sorted`. */
  async expectLines(
    lines: readonly string[],
    { sorted = false, timeout = 10_000 }: { sorted?: boolean; timeout?: number } = {},
  ): Promise<void> {
    const ordered = (list: readonly string[]) => (sorted ? [...list].sort() : list).join('\n');
    await expect.poll(() => ordered(this.sink.lines), { timeout, interval: 20 }).toBe(ordered(lines));
  }

  async metric(name: string): Promise<Record<string, number>> {
    const metric = await this.registry.getSingleMetric(name)!.get();
    return Object.fromEntries(
      metric.values.map(({ labels, value }) => [Object.values(labels).join(','), value]),
    );
  }
}
