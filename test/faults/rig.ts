import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { AgentProcess, type AgentProcessOptions } from '../../demo/agent-process.js';
import { Random } from '../../demo/audit/random.js';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver, type ReceiverOptions } from '../../demo/loki/receiver.js';
import { Lumberjack, type LumberjackOptions } from '../../demo/lumberjack.js';
import { AuditWriter, type LogFile } from './audit-writer.js';
import { configOf, type RigConfig } from './rig-config.js';
import type { Source } from './sources/source.js';
import { type Outcome, Tally } from './tally.js';

export interface RigOptions extends RigConfig {
  readonly seed: number;
  readonly log?: Partial<LumberjackOptions>;
  /** Instead of a log. */
  readonly source?: Source;
  /** For how long Loki is away where that is the fault; about a second when not given. */
  readonly awayMs?: number;
  /** No progress for this long means that nothing more will come. */
  readonly stuckAfterMs?: number;
  /** Instead of lumberjack, given the path of the log. */
  readonly openLog?: (path: string) => LogFile;
  readonly receiver?: ReceiverOptions;
  /** Where the positions file goes; beside the config when not given. */
  readonly positionsDir?: string;
  readonly process?: Pick<AgentProcessOptions, 'env' | 'through'>;
  /** Laid over the client, when that takes knowing where the receiver listens. */
  readonly clientOf?: (receiver: LokiReceiver) => object;
}

/** Lines of about 1200 bytes: some hundred a file. */
const maxFileBytes = 200_000;

/** A server that writes, an agent that ships and a Loki that counts, in a folder of their own. */
export class FaultRig {
  readonly dir = mkdtempSync(join(tmpdir(), 'auditail-fault-'));
  readonly log = join(this.dir, 'audit', 'audit.log');
  readonly positionsFile: string;
  readonly tally = new Tally();
  readonly random: Random;
  readonly writer: AuditWriter;
  readonly lumberjack: Lumberjack | undefined;
  readonly receiver: LokiReceiver;
  readonly #options: RigOptions;
  #agent: AgentProcess | undefined;
  #port = 0;

  static async open(options: RigOptions): Promise<FaultRig> {
    return new FaultRig(options, await LokiReceiver.start(options.receiver));
  }

  private constructor(options: RigOptions, receiver: LokiReceiver) {
    this.#options = options;
    this.receiver = receiver;
    this.random = new Random(options.seed);
    this.positionsFile = join(options.positionsDir ?? this.dir, 'positions.yaml');
    mkdirSync(join(this.dir, 'audit'));
    const file = options.source ?? options.openLog?.(this.log);
    this.lumberjack = file === undefined ? this.#openLumberjack() : undefined;
    this.writer = new AuditWriter({
      file: file ?? this.lumberjack!,
      tally: this.tally,
      seed: options.seed,
      record: join(this.dir, 'written.log'),
    });
  }

  get agent(): AgentProcess {
    if (this.#agent === undefined) throw new Error('the agent was never started');
    return this.#agent;
  }

  get configFile(): string {
    return join(this.dir, 'config.yaml');
  }

  /** For how long Loki is away where that is the fault. */
  get awayMs(): number {
    return this.#options.awayMs ?? this.random.between(300, 1500);
  }

  /** Starts the agent for the first time; resolves when nothing that is written from now on may get lost. */
  async begin(): Promise<void> {
    const { source } = this.#options;
    if (source === undefined) this.writer.write(5);
    await this.startAgent();
    // Until it is written down that the file is followed, nobody knows of it after a kill.
    if (source === undefined)
      await this.agent.waitForMetric('auditail_positions_saves_total', (saves) => saves >= 4);
    await source?.followed?.(this.agent);
    this.writer.write(5);
  }

  /** Starts the agent, or starts it again after it ended; resolves when it reads. */
  async startAgent(): Promise<void> {
    if (this.#agent === undefined) await this.#launch();
    else this.#agent.restart();
    await this.agent.ready({ timeoutMs: 20_000 });
  }

  /** Writes the agent's config anew, changed so. */
  configure(changes: RigConfig): void {
    const { url } = this.receiver;
    const { client, clientOf, source, ...others } = this.#options;
    const given = {
      ...others,
      ...(source && { job: source.job, firstStages: source.stages ?? [] }),
      ...changes,
      client: { ...client, ...clientOf?.(this.receiver), ...changes.client },
    };
    const { log, positionsFile } = this;
    writeFileSync(this.configFile, stringify(configOf(given, { port: this.#port, log, positionsFile, url })));
  }

  /** One more agent with the same config. Whoever asks for it ends it. */
  newAgent(): AgentProcess {
    const { source, process } = this.#options;
    return new AgentProcess({
      configFile: this.configFile,
      port: this.#port,
      ...process,
      flags: source?.flags ?? [],
      env: { ...source?.env, ...process?.env },
    });
  }

  /** Waits until all that was written has arrived, or nothing comes any more. */
  async arrived(): Promise<void> {
    const seen = { arrived: -1, atMs: performance.now() };
    const isOver = () => {
      this.tally.look(this.receiver);
      const nowMs = performance.now();
      if (this.tally.arrived !== seen.arrived)
        Object.assign(seen, { arrived: this.tally.arrived, atMs: nowMs });
      return this.tally.isComplete || nowMs - seen.atMs > (this.#options.stuckAfterMs ?? 20_000);
    };
    while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Lets everything arrive, ends the agent in good order, and counts. */
  async finish(): Promise<Outcome> {
    await this.writer.stop();
    await this.arrived();
    const { code } = await this.agent.stop();
    if (code !== 0) throw new Error(`the agent did not end in good order; ${this.agent.describe()}`);
    this.tally.look(this.receiver);
    return this.tally.outcome();
  }

  /** Ends all of it; the folder goes only if nothing there is worth a look. */
  async close({ keepsFolder = false } = {}): Promise<void> {
    await this.writer.close();
    if (this.#agent !== undefined) {
      this.#agent.signal('SIGCONT');
      await this.#agent.kill();
      writeFileSync(join(this.dir, 'agent.log'), this.#agent.log.join('\n'));
    }
    await this.receiver.stop();
    if (!keepsFolder) rmSync(this.dir, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    this.#port = await freePort();
    this.configure({});
    this.#agent = this.newAgent();
  }

  #openLumberjack(): Lumberjack {
    // Two rotations in one millisecond overwrite each other; a real log is not that fast.
    let last = 0;
    const now = () => {
      last = Math.max(last + 1, Date.now());
      return last;
    };
    return new Lumberjack({
      file: this.log,
      maxBytes: maxFileBytes,
      compress: true,
      now,
      ...this.#options.log,
    });
  }
}
