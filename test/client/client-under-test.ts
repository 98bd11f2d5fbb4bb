import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { anyClient, buildClient } from '../../src/client/any-client.js';
import type { ClientDeps, EntryClient } from '../../src/client/client-kind.js';
import type { ClientOptions } from '../../src/client/kinds.js';
import { Ack } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { LabelSets, type Labels } from '../../src/entry/labels.js';
import { Line } from '../../src/entry/line.js';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { clientMetrics } from '../../src/metrics/client-metrics.js';
import { recordedLog } from '../support/recorded-log.js';

/** A client config as a user writes it, but quick: short waits unless it says otherwise. */
export function clientConfig(config: object): ClientOptions {
  const quick = { batchwait: '20ms', backoff_config: { min_period: '10ms', max_period: '40ms' } };
  return decodeClient(stringify({ ...quick, ...config }));
}

/** Throws a ConfigError with all that is wrong. */
export function decodeClient(yaml: string): ClientOptions {
  const problems = new Problems('');
  const options = anyClient.decode(parseConfigText(yaml, problems), problems);
  problems.throwIfAny();
  return options;
}

export interface ClientUnderTest {
  readonly client: EntryClient;
  readonly registry: Registry;
  /** The fields of what was logged. */
  readonly logged: Record<string, unknown>[];
  /** The value of a metric's series. */
  metric(name: string, labels?: Record<string, string>): Promise<number | undefined>;
}

/** A client that ends with the test. */
export async function startClient(config: object, deps: Partial<ClientDeps> = {}): Promise<ClientUnderTest> {
  const registry = new Registry();
  const { log, lines: logged } = recordedLog();
  const client = await buildClient(clientConfig(config), {
    log,
    metrics: clientMetrics(registry),
    now: Date.now,
    version: '0.0.0-test',
    environment: {},
    limits: { maxLineSize: 0, maxLineSizeTruncate: false, maxStreams: 0 },
    ...deps,
  });
  onTestFinished(() => client.close(AbortSignal.abort()));
  return { client, registry, logged, metric: (name, labels) => readMetric(registry, name, labels) };
}

const labelSets = new LabelSets();

/** Lines as a source hands them over, and which of them are settled. */
export class Source {
  readonly #labels: Labels;
  #settled = 0;
  #seconds = 1_700_000_000;
  #changed = Promise.withResolvers<void>();

  constructor(labels: Record<string, string> = { job: 'test' }) {
    this.#labels = labelSets.of(Object.entries(labels));
  }

  get settled(): number {
    return this.#settled;
  }

  /** One entry a line, one second apart, each with an ack of its own. */
  entries(...lines: (string | Buffer)[]): Entry[] {
    return lines.map((line) => {
      const ack = new Ack(1, () => this.#settle());
      return new Entry(
        this.#labels,
        this.#seconds++,
        5,
        typeof line === 'string' ? Line.ofText(line) : Line.ofBytes(line),
        ack,
      );
    });
  }

  /** Resolves once so many lines are settled. */
  async settles(count: number): Promise<void> {
    const timeout = new Error(`waited 10 s for ${count} settled lines`);
    const timer = setTimeout(() => this.#changed.reject(timeout), 10_000);
    while (this.#settled < count) await this.#changed.promise;
    clearTimeout(timer);
  }

  #settle(): void {
    this.#settled += 1;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

async function readMetric(
  registry: Registry,
  name: string,
  labels: Record<string, string> = {},
): Promise<number | undefined> {
  const metric = await registry.getSingleMetric(name)?.get();
  const matches = (found: object) =>
    Object.entries(labels).every(([key, value]) => (found as Record<string, unknown>)[key] === value);
  return metric?.values.filter((each) => matches(each.labels)).reduce((sum, { value }) => sum + value, 0);
}
