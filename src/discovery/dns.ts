import type { Logger } from 'pino';
import { int, prometheusDuration, text } from '../fields/scalars.js';
import { checked, listOf, optional, struct, type Value, withDefault } from '../fields/schema.js';
import { sleep } from '../http/sleep.js';
import { hostPort } from '../relabel/meta-labels.js';
import type { Discoverer, DiscoveryDeps, DiscoveryKind, TargetGroup } from './discoverer.js';
import { lookUp, type RecordType } from './dns/look-up.js';
import { Troubles } from './troubles.js';

const recordTypes: readonly string[] = ['SRV', 'A', 'AAAA', 'MX', 'NS'] satisfies RecordType[];

const options = checked(
  struct({
    names: withDefault(listOf(text), []),
    refresh_interval: withDefault(prometheusDuration, 30_000),
    type: withDefault(text, 'SRV'),
    port: withDefault(int, 0),
  }),
  ({ names, type, port }) => {
    if (names.length === 0) return 'DNS-SD config must contain at least one SRV record name';
    if (!recordTypes.includes(type.toUpperCase())) return `invalid DNS-SD records type ${type}`;
    if (type.toUpperCase() !== 'SRV' && port === 0)
      return 'a port is required in DNS-SD configs for all record types except SRV';
    return undefined;
  },
);
type Options = Value<typeof options>;

/** `dns_sd_configs`: the hosts that names stand for, looked up again and again. */
export const dnsConfigs: DiscoveryKind<Options[]> = {
  name: 'dns_sd_configs',
  field: optional(listOf(options)),
  build: (list, deps) => list.map((each) => new DnsDiscovery(each, deps, '/etc/resolv.conf')),
};

/** Exported for tests, which have their own servers. */
export class DnsDiscovery implements Discoverer {
  readonly #options: Options;
  readonly #log: Logger;
  readonly #resolvConf: string;
  readonly #troubles = new Troubles();
  readonly #ending = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: Options, { log }: Pick<DiscoveryDeps, 'log'>, resolvConf: string) {
    this.#options = options;
    this.#log = log;
    this.#resolvConf = resolvConf;
  }

  get errors(): readonly string[] {
    return this.#troubles.texts;
  }

  start(publish: (groups: readonly TargetGroup[]) => void): void {
    this.#running = Promise.all(this.#options.names.map((name) => this.#follow(name, publish)));
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#running;
  }

  /** A name that cannot be looked up keeps the targets it had. */
  async #follow(name: string, publish: (groups: readonly TargetGroup[]) => void): Promise<void> {
    const { signal } = this.#ending;
    const { type, port, refresh_interval: refreshMs } = this.#options;
    while (!signal.aborted) {
      try {
        const records = await lookUp(name, type.toUpperCase() as RecordType, this.#resolvConf, signal);
        if (signal.aborted) return;
        this.#troubles.forget(name);
        const targets = records.map(({ host, port: own, labels }) => {
          const address = hostPort(host.replace(/\.+$/, ''), own ?? port);
          return new Map([['__address__', address], ['__meta_dns_name', name], ...Object.entries(labels)]);
        });
        publish([{ source: name, labels: new Map(), targets }]);
      } catch (error) {
        this.#troubles.note(name, error);
        if (!signal.aborted) this.#log.error({ err: error, name }, 'Error refreshing DNS targets');
      }
      await sleep(refreshMs, signal);
    }
  }
}
