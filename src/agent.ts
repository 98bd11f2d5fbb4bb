import type { AgentDeps } from './agent-deps.js';
import type { ClientState } from './client/client-status.js';
import { FanOut } from './client/fan-out.js';
import type { LoadedConfig } from './config/load.js';
import type { Job } from './job.js';
import type { Family } from './metrics/family.js';
import type { Setup } from './setup.js';
import { SetupBuilder } from './setup-builder.js';

/** How long a reload lets what it replaces finish. Then the new goes on from what is settled. */
const reloadDrainMs = 5000;

/** The parts of the agent at work: built from a config, replaced by a reload where it has changed, drained at the end. */
export class Agent {
  readonly #builder: SetupBuilder;
  /** What pipelines push into; the clients behind it may change. */
  readonly #fanOut = new FanOut([]);
  /** Aborted by `stop`. */
  readonly #stopping = new AbortController();
  #setup: Setup | undefined;
  /** Start, reloads and stop, one at a time. */
  #change: Promise<void> = Promise.resolve();

  constructor(deps: AgentDeps) {
    this.#builder = new SetupBuilder(deps, this.#fanOut, this.#stopping.signal);
  }

  /** Throws, with nothing running, when a part cannot be built or started. */
  start(loaded: LoadedConfig): Promise<void> {
    return this.#inTurn(async () => {
      const setup = await this.#builder.build(loaded, undefined);
      for (const job of await this.#switchTo(setup, undefined)) await job.start();
    });
  }

  /**
   * Builds all of the new before it stops any of the old; what has not changed goes on undisturbed. Throws with the old untouched, or, when
   * something of the new cannot start (a port in use, a broker out of reach), at work again.
   */
  reload(loaded: LoadedConfig): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#setup!;
      const setup = await this.#builder.build(loaded, before);
      try {
        for (const job of await this.#switchTo(setup, before)) await job.start();
      } catch (error) {
        await this.#goBack(setup, before.loaded, error);
        throw error;
      }
    });
  }

  /** Ends in the order of the flow. What Loki has not accepted by the deadline is read again by the next run. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const setup = this.#setup;
      if (setup === undefined) return;
      this.#stopping.abort();
      await Promise.all([...setup.jobs.values()].map(({ job }) => job.stop(deadline)));
      await Promise.all(setup.clients.map((client) => client.close(deadline)));
      await Promise.all([...setup.jobs.values()].map(({ job }) => job.close(deadline)));
      await setup.queues?.close();
      await setup.positions.stop();
    });
  }

  /** Resolves when everything of `input` has been read; never without one. */
  get inputEnded(): Promise<'input'> {
    return this.#builder.inputEnded;
  }

  get loaded(): LoadedConfig | undefined {
    return this.#setup?.loaded;
  }

  get jobs(): readonly Job[] {
    return [...(this.#setup?.jobs.values() ?? [])].map(({ job }) => job);
  }

  /** Whether any target has something to read. */
  get isReady(): boolean {
    return this.jobs.some((job) => job.targets.some((target) => target.isReady));
  }

  clientStates(): ClientState[] {
    return (this.#setup?.clients ?? []).map((client) => client.state());
  }

  /** The metrics that pipelines define. */
  customFamilies(): Family[] {
    return this.#setup?.custom.collect() ?? [];
  }

  /** Builds again what the reload has stopped, which goes on from what is settled. */
  async #goBack(failed: Setup, loaded: LoadedConfig, cause: unknown): Promise<void> {
    const setup = await this.#builder.build(loaded, failed);
    const stopped = await this.#switchTo(setup, failed);
    const starts = await Promise.allSettled(stopped.map((job) => job.start()));
    const failure = starts.find(({ status }) => status === 'rejected');
    if (failure === undefined) return;
    const [why, also] = [cause, (failure as PromiseRejectedResult).reason].map(({ message }) => message);
    throw new Error(`${why}; what ran before does not start again: ${also}`, { cause });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#change.then(work);
    this.#change = turn.catch(() => {});
    return turn;
  }

  /** Stops what is not in `next`. Returns what is new in it, to be started. */
  async #switchTo(next: Setup, before: Setup | undefined): Promise<Job[]> {
    const drain = AbortSignal.timeout(reloadDrainMs);
    const kept = new Set([...next.jobs.values()].map(({ job }) => job));
    const leaving = [...(before?.jobs.values() ?? [])].map(({ job }) => job).filter((job) => !kept.has(job));
    await Promise.all(leaving.map((job) => job.stop(drain)));
    if (before !== undefined && before.clients !== next.clients) {
      this.#fanOut.replace(next.clients);
      await Promise.all(before.clients.map((client) => client.close(drain)));
      for (const job of kept) job.resend();
    } else {
      this.#fanOut.replace(next.clients);
    }
    await Promise.all(leaving.map((job) => job.close(drain)));
    if (before !== undefined && before.queues !== next.queues) await before.queues?.close();
    if (before !== undefined && before.positions !== next.positions) await before.positions.stop();
    next.positions.start(next.loaded.config.positions.sync_period);
    this.#setup = next;
    const running = new Set([...(before?.jobs.values() ?? [])].map(({ job }) => job));
    return [...next.jobs.values()].map(({ job }) => job).filter((job) => !running.has(job));
  }
}
