import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Counter } from 'prom-client';
import { answerText, type Handler, Listener } from '../../http/listener.js';
import { RequestMetrics } from '../../metrics/request-metrics.js';
import { sharedCounter } from '../../metrics/shared-metrics.js';
import { Quarantine } from '../../quarantine/quarantine.js';
import { metricsName } from '../push-target.js';
import { ReceivedLabels } from '../received-labels.js';
import type { Target, TargetDeps } from '../target.js';
import { AuditInlet, type Reply } from './audit-inlet.js';
import type { Fate } from './event-batch.js';
import { MemoryBudget } from './memory-budget.js';
import { readyPath, type WebhookConfig } from './webhook-options.js';

/** When an API server that was sent away may come again: it does so a few times within the 30 s that it has for an attempt. */
const retryAfterSeconds = '5';
/** What comes of a body that nobody reads, before the connection is cut. */
const lingerMs = 2000;

/**
 * Where API servers post their events. It answers 200 once all events of a request are safe: accepted by Loki, or in the queue on the disk.
 * An API server takes any other answer, even 400, as a reason to post the same batch again, and drops it after five attempts: so what
 * is wrong with one event must never be the answer.
 */
export class WebhookTarget implements Target {
  readonly type = 'KubernetesAuditWebhook';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string>;
  readonly isReady = true;
  readonly #config: WebhookConfig;
  readonly #deps: TargetDeps;
  readonly #inlets: readonly AuditInlet[];
  readonly #refused: Counter<'job' | 'reason'>;
  #listener: Listener | undefined;

  constructor(config: WebhookConfig, deps: TargetDeps) {
    this.labels = config.labels;
    this.#config = config;
    this.#deps = deps;
    this.#refused = sharedCounter(deps.registry, {
      name: 'auditail_refused_requests_total',
      help: 'Pushed requests that were not answered with success, by reason.',
      labelNames: ['job', 'reason'],
    });
    const events = sharedCounter(deps.registry, {
      name: 'auditail_audit_webhook_events_total',
      help: 'Audit events that API servers have posted, by what became of them.',
      labelNames: ['job', 'path', 'result'],
    });
    const count = (path: string, result: Fate, number: number) =>
      events.inc({ job: deps.jobName, path, result }, number);
    const { clock, now, log } = deps;
    const inletDeps = {
      intake: deps.intake(),
      quarantine: new Quarantine(config.quarantine, log),
      memory: new MemoryBudget(),
      receivedLabels: new ReceivedLabels(deps),
      clock,
      now,
      count,
    };
    this.#inlets = config.paths.map((inlet) => new AuditInlet(inlet, config, inletDeps));
  }

  /** Where it listens; 0 before it does. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  async start(): Promise<void> {
    const { log, registry, jobName } = this.#deps;
    const routes = new Map<string, Handler>([[readyPath, (_, response) => void response.end('ready')]]);
    for (const inlet of this.#inlets)
      routes.set(inlet.path, (request, response) => this.#take(inlet, request, response));
    this.#listener = await Listener.open(this.#config.server, routes, {
      log,
      metrics: new RequestMetrics(registry, `auditail_audit_webhook_${metricsName(jobName)}_`),
    });
    log.info({ address: this.#listener.address }, 'listening for audit events');
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
  }

  details(): Record<string, unknown> {
    const paths = this.#inlets.map(({ path }) => path);
    return this.#listener === undefined ? { paths } : { address: this.#listener.address, paths };
  }

  async #take(inlet: AuditInlet, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    const reply = await inlet.receive(request);
    if (reply === 'safe') response.writeHead(200).end();
    else this.#refuse(inlet, reply, request, response);
  }

  #refuse(
    { path }: AuditInlet,
    reply: Exclude<Reply, 'safe'>,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const reason = typeof reply === 'string' ? reply : 'bad';
    this.#refused.inc({ job: this.#deps.jobName, reason });
    if (reason === 'gone') return;
    const [status, text] =
      typeof reply === 'string' ? answers[reply as keyof typeof answers] : [400, reply.bad];
    if (status === 429 || status === 503) response.setHeader('retry-after', retryAfterSeconds);
    else
      this.#deps.log.warn(
        { path, client: request.socket.remoteAddress },
        `cannot take what was posted: ${text}`,
      );
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    skipRest(request, response);
    answerText(response, status, text);
  }
}

const answers = {
  unauthorized: [401, 'it takes a bearer token that is known here'],
  encoded: [415, 'the body has to come as it is, not compressed'],
  too_large: [413, 'the body is too large'],
  full: [429, 'too much is waiting to be sent; try again later'],
  late: [503, 'not stored in time; try again later'],
} as const satisfies Record<string, readonly [number, string]>;

/** Whoever still sends gets to read the answer: a connection that is cut at once takes it along. */
function skipRest(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete) return;
  request.resume();
  response.once('finish', () => {
    const timer = setTimeout(() => request.socket.destroy(), lingerMs).unref();
    request.once('close', () => clearTimeout(timer));
  });
}
