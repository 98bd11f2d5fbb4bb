import { backoffMs } from '../../http/backoff.js';
import { sleep } from '../../http/sleep.js';
import type { DockerMetrics } from '../../metrics/docker-metrics.js';
import type { TargetDeps } from '../target.js';
import { WakeUp } from '../wake-up.js';
import { type Container, isAlive } from './container.js';
import { containerLabels } from './container-labels.js';
import { ContainerLog } from './container-log.js';
import { DockerApi } from './docker-api.js';
import type { DockerOptions } from './docker-options.js';
import { forgetLogPosition, hasLogPosition, noteLogPosition } from './log-position.js';

const firstRetryMs = 1000;
const lastRetryMs = 60_000;

/** The containers of one Docker daemon that a job reads. Several items of the config may select them. */
export class DockerDaemon {
  readonly #items: readonly DockerOptions[];
  readonly #deps: TargetDeps;
  readonly #metrics: DockerMetrics;
  readonly #api: DockerApi;
  /** The position under which it is noted when containers were last looked at. */
  readonly #watchKey: string;
  readonly #logs = new Map<string, ContainerLog>();
  /** Containers that ended before they were of interest. */
  readonly #past = new Set<string>();
  readonly #refresh = new WakeUp();
  readonly #stopping = new AbortController();
  #running: Promise<unknown> = Promise.resolve();
  #error = '';

  /** `items` name one host. */
  constructor(items: readonly DockerOptions[], deps: TargetDeps, metrics: DockerMetrics) {
    const [{ host, port }] = items as [DockerOptions];
    this.#items = items;
    this.#deps = deps;
    this.#metrics = metrics;
    this.#api = new DockerApi(items[0]!, deps);
    this.#watchKey = `cursor-${deps.jobName}/${host}:${port}`;
  }

  get logs(): readonly ContainerLog[] {
    return [...this.#logs.values()];
  }

  get host(): string {
    return this.#items[0]!.host;
  }

  /** Why containers cannot be listed; '' when they can. */
  get error(): string {
    return this.#error;
  }

  start(): void {
    const { signal } = this.#stopping;
    const { positions, now } = this.#deps;
    // What ends from now on is read, even if the daemon only answers later.
    if (positions.get(this.#watchKey) === undefined) positions.put(this.#watchKey, String(now() / 1000));
    this.#running = Promise.all([this.#refreshOnAndOn(signal), this.#watchForStarts(signal)]);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await Promise.all(this.logs.map((log) => log.stop()));
    await this.#api.close();
  }

  async #refreshOnAndOn(signal: AbortSignal): Promise<void> {
    const intervalMs = Math.min(...this.#items.map((item) => item.refresh_interval));
    while (!signal.aborted) {
      try {
        await this.#look(signal);
        this.#error = '';
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(error, 'cannot list containers; trying again');
      }
      await this.#refresh.sleep(this.#error === '' ? intervalMs : Math.min(intervalMs, lastRetryMs), signal);
    }
  }

  /** Containers are read as soon as they start, not only at the next refresh: by then a short one may be removed with its log. */
  async #watchForStarts(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        const starts = await this.#api.starts(signal);
        failures = 0;
        // Some may have started while nobody watched.
        this.#past.clear();
        for (const log of this.logs) log.follow();
        this.#refresh.call();
        for await (const id of starts) {
          this.#past.delete(id);
          this.#logs.get(id)?.follow();
          this.#refresh.call();
        }
      } catch (error) {
        if (signal.aborted) return;
        if (failures === 0)
          this.#deps.log.warn(
            { host: this.host, err: error },
            'cannot watch for containers that start; they are found at the next refresh',
          );
      }
      failures += 1;
      await sleep(backoffMs(failures, firstRetryMs, lastRetryMs, Math.random()), signal);
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const lookedAt = this.#deps.now() / 1000;
    const there = new Map<string, { container: Container; labels: ReadonlyMap<string, string> }>();
    const networks = await this.#api.networks(signal);
    for (const item of this.#items) {
      const containers = await this.#api.containers(item.filters, signal);
      const labels = containerLabels(containers, networks, item);
      for (const container of containers) {
        const own = labels.get(container.Id);
        if (own !== undefined && !there.has(container.Id))
          there.set(container.Id, { container, labels: own });
      }
    }
    for (const { container, labels } of there.values()) await this.#consider(container, labels, signal);
    this.#forgetAllBut(there);
    this.#deps.positions.put(this.#watchKey, String(lookedAt));
  }

  async #consider(
    container: Container,
    labels: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<void> {
    const known = this.#logs.get(container.Id);
    if (known !== undefined) {
      if (isAlive(container)) known.follow();
      return;
    }
    if (!isAlive(container) && !(await this.#isUnread(container, signal))) {
      this.#past.add(container.Id);
      return;
    }
    const { sink, relabel, labelSets, positions, log } = this.#deps;
    noteLogPosition(positions, container.Id);
    const read = new ContainerLog(container.Id, labels, {
      ...{ sink, relabel, labelSets, positions, log },
      api: this.#api,
      metrics: this.#metrics,
    });
    this.#past.delete(container.Id);
    this.#logs.set(container.Id, read);
    log.info({ container: container.Id, name: container.Names?.[0] }, 'reading the log of a container');
    read.follow();
  }

  /** Whether a container that has ended was read in part, or ended since containers were looked at last: by an earlier run maybe. */
  async #isUnread({ Id, State }: Container, signal: AbortSignal): Promise<boolean> {
    const { positions } = this.#deps;
    if (hasLogPosition(positions, Id)) return true;
    if (this.#past.has(Id) || State === 'created') return false;
    const { FinishedAt } = (await this.#api.inspect(Id, signal)).State;
    return Date.parse(FinishedAt) / 1000 >= Number(positions.get(this.#watchKey));
  }

  /** Containers that were removed. Their positions go once they are of no more use. */
  #forgetAllBut(there: ReadonlyMap<string, unknown>): void {
    for (const id of this.#past) if (!there.has(id)) this.#past.delete(id);
    for (const [id, log] of this.#logs) {
      if (there.has(id) || log.isReady) continue;
      this.#logs.delete(id);
      void log.settled.then(() => forgetLogPosition(this.#deps.positions, id));
    }
  }

  #fail(error: unknown, message: string): void {
    const isNew = this.#error === '';
    this.#error = (error as Error).message;
    if (isNew) this.#deps.log.error({ host: this.host, err: error }, message);
  }
}
