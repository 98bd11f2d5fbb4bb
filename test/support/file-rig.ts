import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, onTestFinished } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { ReadClock } from '../../src/entry/read-clock.js';
import { FileMetrics } from '../../src/metrics/file-metrics.js';
import { positionsMetrics } from '../../src/metrics/positions-metrics.js';
import { PositionStore } from '../../src/positions/position-store.js';
import { DirectoryWatch } from '../../src/targets/file/directory-watch.js';
import { FileClaims } from '../../src/targets/file/file-claims.js';
import {
  FileTarget,
  type FileTargetDeps,
  type FileTargetOptions,
} from '../../src/targets/file/file-target.js';
import { FreshTurns } from '../../src/targets/file/fresh-turns.js';
import { LocalDisks } from '../../src/targets/file/local-disks.js';
import { ReadBuffers } from '../../src/targets/file/read-buffers.js';
import { recordedLog } from './recorded-log.js';
import { tempDir } from './temp-dir.js';

/** What came out of a target: text is taken at once, as the bytes are valid no longer than that. */
export interface Received {
  readonly text: string;
  readonly filename: string;
  readonly labels: string;
  readonly time: bigint;
  readonly entry: Entry;
}

/** Takes what targets read. Settles it at once, or when told to. */
export class RecordingSink {
  readonly received: Received[] = [];
  settlesAtOnce = true;
  /** While set, `push` waits for it. */
  hold: Promise<void> | undefined;

  push(entries: Entry[]): Promise<void> | undefined {
    for (const entry of entries) {
      this.received.push({
        text: entry.line.text,
        filename: entry.labels.get('filename') ?? '',
        labels: entry.labels.stream,
        time: BigInt(entry.seconds) * 1_000_000_000n + BigInt(entry.nanos),
        entry,
      });
      if (this.settlesAtOnce) entry.ack.done(entry.lines);
    }
    return this.hold;
  }

  get lines(): string[] {
    return this.received.map(({ text }) => text);
  }

  settleAll(): void {
    for (const { entry } of this.received) entry.ack.done(entry.lines);
  }
}

/** An agent's file targets with everything around them, in a folder of their own, as often started anew as a test likes. */
export class FileRig {
  readonly dir = tempDir();
  readonly positionsFile = join(tempDir(), 'positions.yaml');
  readonly sink = new RecordingSink();
  readonly logged: Record<string, unknown>[] = [];
  registry = new Registry();
  /** What is asked of them at once, without waiting. */
  disks: Pick<LocalDisks, 'has'> = new LocalDisks();
  /** Moves the agent's clock. */
  aheadMs = 0;
  #running:
    | {
        targets: FileTarget[];
        readonly positions: PositionStore;
        readonly watch: DirectoryWatch;
        readonly deps: FileTargetDeps;
      }
    | undefined;

  constructor() {
    onTestFinished(() => this.stop());
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  get targets(): readonly FileTarget[] {
    return this.#running?.targets ?? [];
  }

  get positions(): PositionStore {
    return this.#running!.positions;
  }

  /** Starts a target for each of these; patterns count from the rig's folder. */
  async start(...options: (Partial<FileTargetOptions> & { path: string })[]): Promise<FileTarget[]> {
    const { log } = recordedLog(this.logged);
    this.registry = new Registry();
    const now = () => Date.now() + this.aheadMs;
    const positions = await PositionStore.open(
      { filename: this.positionsFile, ignoreInvalidYaml: false, isReadOnly: false },
      { log, metrics: positionsMetrics(this.registry), now },
    );
    const watch = new DirectoryWatch();
    const buffers = new ReadBuffers();
    const deps = {
      positions,
      claims: new FileClaims(),
      watch,
      disks: this.disks,
      metrics: new FileMetrics(this.registry),
      labelSets: new LabelSets(),
      clock: new ReadClock(),
      now,
      log,
      sink: this.sink,
      buffers,
      fresh: new FreshTurns(this.sink, buffers),
    };
    this.#running = { targets: [], positions, watch, deps };
    return this.#startTargets(options);
  }

  /** As a reload does: other targets, and everything else goes on. */
  async restartTargets(...options: (Partial<FileTargetOptions> & { path: string })[]): Promise<FileTarget[]> {
    await Promise.all(this.targets.map((target) => target.stop()));
    return this.#startTargets(options);
  }

  async #startTargets(options: (Partial<FileTargetOptions> & { path: string })[]): Promise<FileTarget[]> {
    const running = this.#running!;
    running.targets = options.map(
      (each) =>
        new FileTarget(
          {
            jobName: 'job',
            exclude: '',
            labels: new Map([['job', 'test']]),
            discoveredLabels: new Map(),
            encoding: undefined,
            decompression: undefined,
            syncPeriodMs: 100,
            minPollMs: 50,
            maxPollMs: 50,
            ...each,
            path: join(this.dir, each.path),
          },
          running.deps,
        ),
    );
    for (const target of running.targets) await target.start();
    return running.targets;
  }

  /** Stops as the agent does: reading first, then positions are saved. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    await Promise.all(running.targets.map((target) => target.stop()));
    await running.positions.stop();
    running.watch.close();
  }

  /** Waits until exactly these lines have come, in this order. */
  async expectLines(lines: readonly string[]): Promise<void> {
    await expect
      .poll(() => this.sink.lines.join('\n'), { timeout: 5000, interval: 10 })
      .toBe(lines.join('\n'));
  }

  async metric(name: string): Promise<Record<string, number>> {
    const metric = await this.registry.getSingleMetric(name)!.get();
    return Object.fromEntries(
      metric.values.map(({ labels, value }) => [Object.values(labels).join(','), value]),
    );
  }
}
