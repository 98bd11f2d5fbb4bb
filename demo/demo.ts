import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AgentProcess } from './agent-process.js';
import { freePort } from './free-port.js';
import { type Balance, Ledger } from './ledger.js';
import { lokiDefaults } from './loki/limits.js';
import { LokiReceiver } from './loki/receiver.js';
import { sumOf } from './metrics-page.js';
import type { DemoOptions } from './options.js';
import { ProgressLine, type ProgressOutput } from './progress.js';
import { runCheck } from './run-check.js';
import { SimulatedServer } from './simulated-server.js';
import { tableOf } from './table.js';

const configFile = fileURLToPath(new URL('../examples/kubernetes-audit.yaml', import.meta.url));

/** For the agent, and for the checks of what it did. */
const flags = ['-config.expand-env=true', '-server.http-listen-address=127.0.0.1'];

/** The log is rotated about this often. */
const rotations = 8;

/** Bytes of an event, roughly. */
const eventBytes = 1230;

/** Traffic while `--serve` stays. */
const idleEventsPerSecond = 20;

/** Server, agent and Loki, each where the next one finds it. */
export class Demo {
  readonly #options: DemoOptions;
  readonly #output: ProgressOutput;
  readonly #signal: AbortSignal;
  readonly #dir = mkdtempSync(join(tmpdir(), 'auditail-demo-'));
  readonly #ledger = new Ledger();
  readonly #startMs = Date.now();
  readonly #server: SimulatedServer;
  readonly #progress: ProgressLine;
  #receiver!: LokiReceiver;
  #agent!: AgentProcess;
  /** Of the config. */
  #env: Readonly<Record<string, string>> = {};

  /** `signal` ends the writing early; what is written is still shipped and counted. */
  constructor(options: DemoOptions, output: ProgressOutput, signal: AbortSignal) {
    this.#options = options;
    this.#output = output;
    this.#signal = signal;
    this.#progress = new ProgressLine(output);
    this.#server = new SimulatedServer({
      file: join(this.#dir, 'audit.log'),
      maxBytes: Math.max(65_536, Math.floor((options.events * eventBytes) / (rotations + 0.5))),
      seed: options.seed,
      eventsPerSecond: this.#rate,
      ledger: this.#ledger,
    });
  }

  /** The whole story, from the first event to what became of it. */
  async run(): Promise<Balance> {
    try {
      await this.#start();
      await this.#watch(
        this.#server.run(this.#options.events - this.#ledger.count, this.#rate, this.#signal),
      );
      await this.#arrived();
      if (this.#options.serve && !this.#signal.aborted) await this.#serve();
      await this.#agent.stop();
      this.#print(`\n${tableOf(this.#receiver.entries())}\n`);
      await this.#check();
      return this.#ledger.balance(this.#receiver);
    } finally {
      await this.#close();
    }
  }

  get #rate(): number {
    return this.#options.events / this.#options.seconds;
  }

  async #start(): Promise<void> {
    // Some lines, so that there is a file to be ready for.
    this.#server.write(Math.min(10, this.#options.events));
    this.#receiver = await LokiReceiver.start({
      limits: { ...lokiDefaults, ingestionRate: 0, streamRate: 0 },
    });
    const port = await freePort();
    this.#env = {
      AUDIT_LOG: join(this.#dir, 'audit.log'),
      LOKI_URL: this.#receiver.pushUrl,
      POSITIONS_FILE: join(this.#dir, 'positions.yaml'),
      HTTP_PORT: String(port),
      CLUSTER: 'demo',
      NODE_NAME: 'simulated',
    };
    this.#agent = new AgentProcess({ configFile, port, flags, env: this.#env, isDetached: true });
    await this.#agent.ready();
    this.#print(`log      ${join(this.#dir, 'audit.log')}`);
    this.#print(`agent    ${this.#agent.url}/metrics`);
    this.#print(`loki     ${this.#receiver.url}`);
  }

  /** Shows how it goes until the work is done. */
  async #watch(work: Promise<void>): Promise<void> {
    const done = new AbortController();
    const shown = this.#showUntil(done.signal);
    try {
      await work;
    } finally {
      done.abort();
      await shown;
      this.#progress.close();
    }
  }

  async #showUntil(done: AbortSignal): Promise<void> {
    const everyMs = this.#output.isTTY === true ? 250 : 2000;
    while (!done.aborted) {
      await this.#show();
      await sleep(everyMs, undefined, { signal: done }).catch(() => {});
    }
    await this.#show();
  }

  async #show(): Promise<void> {
    const metrics = await this.#agent.metrics().catch(() => []);
    const entries = this.#receiver.entries();
    const newest = entries.at(-1);
    const newestMs = newest === undefined ? this.#startMs : newest.seconds * 1000 + newest.nanos / 1e6;
    const isBehind = entries.length < this.#ledger.count;
    this.#progress.show({
      written: this.#ledger.count,
      read: sumOf(metrics, 'promtail_read_lines_total') ?? 0,
      pushed: sumOf(metrics, 'promtail_sent_entries_total') ?? 0,
      lagMs: isBehind ? Math.max(0, this.#server.nowMs - newestMs) : 0,
      streams: this.#receiver.streams().length,
      rotations: this.#server.rotations,
    });
  }

  /** Gives the last lines time to arrive; those that never do are lost. */
  async #arrived(): Promise<void> {
    const count = this.#ledger.count;
    const isComplete = () => this.#receiver.entries().length >= count;
    await this.#receiver.waitFor(isComplete, { timeoutMs: 15_000 }).catch(() => {});
  }

  async #serve(): Promise<void> {
    this.#print('\nstill running; Ctrl-C ends it');
    await this.#watch(this.#server.run(Number.POSITIVE_INFINITY, idleEventsPerSecond, this.#signal));
    await this.#arrived();
  }

  /** What the two checks say of the same log: before a roll-out, and after it. */
  async #check(): Promise<void> {
    const files = readdirSync(this.#dir).filter((name) => name.startsWith('audit'));
    const report = await runCheck('preflight', {
      configFile,
      flags: [...flags, ...files.map((name) => join(this.#dir, name))],
      env: this.#env,
    });
    const shown = report.filter((line) => /^(streams|rate|cost) /.test(line));
    this.#print(['auditail preflight:', ...shown, report.at(-1), ''].join('\n'));
    const verdict = await runCheck('verify', { configFile, flags, env: this.#env });
    this.#print(['auditail verify:', ...verdict, ''].join('\n'));
  }

  #print(text: string): void {
    this.#output.write(`${text}\n`);
  }

  async #close(): Promise<void> {
    await this.#agent?.kill();
    await this.#receiver?.stop();
    await this.#server.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
