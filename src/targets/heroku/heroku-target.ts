import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { noAck } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import { tenantLabel } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { bool } from '../../fields/scalars.js';
import { block, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { listenerSchema } from '../../http/listener-schema.js';
import { sharedCounter } from '../../metrics/shared-metrics.js';
import { BadRequestError, metricsName, PushTarget, usualMaxWaitMs } from '../push-target.js';
import { ReceivedLabels } from '../received-labels.js';
import type { TargetDeps, TargetKind } from '../target.js';
import { targetLabels } from '../target-labels.js';
import { type LogplexMessage, readLogplex } from './logplex.js';

const options = struct({
  server: block(listenerSchema),
  labels: targetLabels,
  use_incoming_timestamp: withDefault(bool, false),
});
type HerokuOptions = Value<typeof options>;

const maxBodyBytes = 16 * 1024 * 1024;

/** An HTTPS drain of Heroku: what its apps and routers log. */
export const herokuDrain: TargetKind<HerokuOptions> = {
  name: 'heroku_drain',
  field: optional(options),
  usesPositions: false,
  sendersWait: true,
  build(config, deps) {
    const reader = new DrainReader(config, deps);
    return new PushTarget(
      {
        type: 'HerokuDrain',
        server: config.server,
        labels: config.labels,
        metricsPrefix: `promtail_heroku_drain_target_${metricsName(deps.jobName)}_`,
        inlets: [
          {
            path: '/heroku/api/v1/drain',
            maxBodyBytes,
            maxWaitMs: usualMaxWaitMs,
            read: (body, request) => reader.read(body, request),
          },
        ],
      },
      deps,
    );
  },
};

/** Turns requests into entries. */
class DrainReader {
  readonly #config: HerokuOptions;
  readonly #deps: TargetDeps;
  readonly #receivedLabels: ReceivedLabels;
  readonly #entries;
  readonly #errors;

  constructor(config: HerokuOptions, deps: TargetDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#receivedLabels = new ReceivedLabels(deps);
    const counter = (name: string, help: string) => sharedCounter(deps.registry, { name, help });
    this.#entries = counter('promtail_heroku_drain_target_entries_total', 'Messages that were taken.');
    this.#errors = counter(
      'promtail_heroku_drain_target_parsing_errors_total',
      'Requests that could not be read to their end.',
    );
  }

  read(body: Buffer, request: IncomingMessage): Entry[] {
    const { messages, fault } = readLogplex(body);
    const common = this.#commonLabels(request);
    const tenant = String(request.headers['x-scope-orgid'] ?? '');
    const entries = messages
      .map((message) => this.#entryOf(message, common, tenant))
      .filter((entry) => entry !== undefined);
    this.#entries.inc(entries.length);
    if (fault === undefined) return entries;
    this.#errors.inc();
    throw new BadRequestError(fault, entries);
  }

  #commonLabels({ url, headers }: IncomingMessage): [string, string][] {
    const { searchParams } = new URL(url!, 'http://drain');
    const pairs = [...new Set(searchParams.keys())].map((name): [string, string] => [
      `__heroku_drain_param_${name}`,
      searchParams.getAll(name).join(','),
    ]);
    return [...pairs, [tenantLabel, String(headers['x-scope-orgid'] ?? '')]];
  }

  /** Undefined when it is dropped by a rule. */
  #entryOf(message: LogplexMessage, common: readonly [string, string][], tenant: string): Entry | undefined {
    const { host, app, process, id, text } = message;
    const found = this.#receivedLabels.of([
      ['__heroku_drain_host', host],
      ['__heroku_drain_app', app],
      ['__heroku_drain_proc', process],
      ['__heroku_drain_log_id', id],
      ...common,
    ]);
    if (found === undefined) return undefined;
    let labels = found;
    for (const [name, value] of this.#config.labels) if (!labels.has(name)) labels = labels.with(name, value);
    if (tenant !== '') labels = labels.with(tenantLabel, tenant);
    const { clock, now } = this.#deps;
    clock.tick(now());
    const { seconds, nanos } = this.#config.use_incoming_timestamp ? message.time : clock;
    return new Entry(labels, seconds, nanos, Line.ofText(text), noAck);
  }
}
