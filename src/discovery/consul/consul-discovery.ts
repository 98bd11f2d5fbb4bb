import type { Logger } from 'pino';
import { backoffMs } from '../../http/backoff.js';
import { sleep } from '../../http/sleep.js';
import type { Discoverer, TargetGroup } from '../discoverer.js';
import { Troubles } from '../troubles.js';
import type { ConsulServer, Query } from './consul-server.js';

/** What is asked of Consul, and how. */
export interface ConsulQueries {
  /** Which datacenter we are asking in. */
  readonly datacenter: Query<string>;
  /** The names of the services to watch; undefined when they are configured. */
  readonly names: Query<ReadonlySet<string>> | undefined;
  /** The targets of a service. */
  service(name: string, datacenter: string): Query<Omit<TargetGroup, 'source'>>;
}

export interface ConsulPlan {
  /** Used when `queries` do not ask for names. */
  readonly services: readonly string[];
  readonly refreshMs: number;
}

const minBackoffMs = 1000;
const maxBackoffMs = 15_000;

/** Keeps asking for services, and for the targets of each. What is known stays while Consul is away. */
export class ConsulDiscovery implements Discoverer {
  readonly #plan: ConsulPlan;
  readonly #queries: ConsulQueries;
  readonly #server: ConsulServer;
  readonly #log: Logger;
  readonly #troubles = new Troubles();
  readonly #ending = new AbortController();
  readonly #watches = new Map<string, { end: AbortController; running: Promise<void> }>();
  #running: Promise<void> = Promise.resolve();

  constructor(plan: ConsulPlan, queries: ConsulQueries, server: ConsulServer, log: Logger) {
    this.#plan = plan;
    this.#queries = queries;
    this.#server = server;
    this.#log = log;
  }

  get errors(): readonly string[] {
    return this.#troubles.texts;
  }

  start(publish: (groups: readonly TargetGroup[]) => void): void {
    this.#running = this.#run(publish, this.#ending.signal);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
    await Promise.all([...this.#watches.values()].map(({ running }) => running));
    await this.#server.close();
  }

  async #run(publish: (groups: readonly TargetGroup[]) => void, signal: AbortSignal): Promise<void> {
    let datacenter: string | undefined;
    await this.#repeat('the datacenter', this.#queries.datacenter, signal, (found) => {
      datacenter = found;
      return 'done';
    });
    if (datacenter === undefined) return;
    const { names } = this.#queries;
    if (names === undefined) {
      this.#follow(new Set(this.#plan.services), datacenter, publish);
      return;
    }
    const known = datacenter;
    await this.#repeat('the services', names, signal, (found) => {
      this.#follow(found, known, publish);
      return 'again';
    });
  }

  /** Watches these services, and no others. */
  #follow(
    names: ReadonlySet<string>,
    datacenter: string,
    publish: (groups: readonly TargetGroup[]) => void,
  ): void {
    for (const [name, { end }] of this.#watches) {
      if (names.has(name)) continue;
      end.abort();
      this.#troubles.forget(`service ${name}`);
      this.#watches.delete(name);
      publish([{ source: name, labels: new Map(), targets: [] }]);
    }
    for (const name of names) {
      if (this.#watches.has(name)) continue;
      const end = new AbortController();
      const query = this.#queries.service(name, datacenter);
      const signal = AbortSignal.any([end.signal, this.#ending.signal]);
      const running = this.#repeat(`service ${name}`, query, signal, (group) => {
        publish([{ source: name, ...group }]);
        return 'again';
      });
      this.#watches.set(name, { end, running });
    }
  }

  /** Asks until `take` is done with the answers, not more often than the interval allows. */
  async #repeat<T>(
    what: string,
    query: Query<T>,
    signal: AbortSignal,
    take: (answer: T) => 'done' | 'again',
  ): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const startedAt = performance.now();
      try {
        const answer = await query(signal);
        failures = 0;
        this.#troubles.forget(what);
        if (signal.aborted || (answer !== undefined && take(answer) === 'done')) return;
        await sleep(Math.max(0, this.#plan.refreshMs - (performance.now() - startedAt)), signal);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        this.#troubles.note(what, error);
        const afterMs = backoffMs(failures, minBackoffMs, maxBackoffMs, Math.random());
        this.#log.warn({ err: error, afterMs }, `cannot ask Consul for ${what}; trying again`);
        await sleep(afterMs, signal);
      }
    }
  }
}
