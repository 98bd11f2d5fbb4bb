import type { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Counter } from 'prom-client';
import type { Entry } from '../entry/entry.js';
import type { Intake, Receipt } from '../entry/intake.js';
import { answerText, type Handler, Listener } from '../http/listener.js';
import type { ListenerConfig } from '../http/listener-schema.js';
import { RequestMetrics } from '../metrics/request-metrics.js';
import { sharedCounter } from '../metrics/shared-metrics.js';
import { BodyBudget, type Unread } from './request-body.js';
import type { Target, TargetDeps } from './target.js';

/** The request cannot be understood. What is in `entries` was understood before that, and is kept. */
export class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
  readonly entries: Entry[];

  constructor(message: string, entries: Entry[] = []) {
    super(message);
    this.entries = entries;
  }
}

/** One path that entries are posted to. */
export interface Inlet {
  readonly path: string;
  readonly maxBodyBytes: number;
  /** How long the sender waits at most until its entries are safe. */
  readonly maxWaitMs: number;
  /** The entries of a request; throws a BadRequestError. */
  readonly read: (body: Buffer, request: IncomingMessage) => Entry[] | Promise<Entry[]>;
}

export interface PushTargetOptions {
  readonly type: string;
  readonly server: ListenerConfig;
  readonly labels: ReadonlyMap<string, string>;
  /** In front of the names of the server's metrics. */
  readonly metricsPrefix: string;
  readonly inlets: readonly Inlet[];
  /** Other paths, by their handler. */
  readonly handlers?: ReadonlyMap<string, Handler>;
}

/** Senders give up after ten seconds, most of them. */
export const usualMaxWaitMs = 8000;
/** What bodies may take of the memory, all together. */
const maxHeldBytes = 256 * 1024 * 1024;
/** When a sender that was sent away may come again. */
const retryAfterSeconds = '5';

/**
 * A target that is pushed to over HTTP, on a server of its own. It answers 204 once all entries of a request are safe: accepted by Loki,
 * or in the queue on the disk. Until then it asks senders to come again: 429 when it is full, 503 when it takes too long.
 */
export class PushTarget implements Target {
  readonly type: string;
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string>;
  readonly isReady = true;
  readonly #options: PushTargetOptions;
  readonly #intake: Intake;
  readonly #deps: TargetDeps;
  readonly #bodies = new BodyBudget(maxHeldBytes);
  readonly #refused: Counter<'job' | 'reason'>;
  #listener: Listener | undefined;
  /** Why the last request that was not answered with success was not. */
  #lastFault: string | undefined;

  constructor(options: PushTargetOptions, deps: TargetDeps) {
    this.type = options.type;
    this.labels = options.labels;
    this.#options = options;
    this.#intake = deps.intake();
    this.#deps = deps;
    this.#refused = sharedCounter(deps.registry, {
      name: 'auditail_refused_requests_total',
      help: 'Pushed requests that were not answered with success, by reason.',
      labelNames: ['job', 'reason'],
    });
  }

  /** Where it listens; 0 before it does. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  async start(): Promise<void> {
    const { server, inlets, handlers, metricsPrefix } = this.#options;
    const { log, registry } = this.#deps;
    const routes = new Map<string, Handler>(handlers);
    for (const inlet of inlets)
      routes.set(inlet.path, (request, response) => this.#take(inlet, request, response));
    this.#listener = await Listener.open(server, routes, {
      log,
      metrics: new RequestMetrics(registry, metricsPrefix),
    });
    log.info({ address: this.#listener.address }, 'listening for pushes');
  }

  async stop(): Promise<void> {
    await this.#listener?.close();
  }

  details(): Record<string, unknown> {
    return { address: this.#listener?.address, lastFault: this.#lastFault };
  }

  async #take(inlet: Inlet, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') {
      response.writeHead(405, { allow: 'POST' }).end();
      return;
    }
    // Whoever would be sent away need not send the body first.
    if (!this.#intake.hasRoomFor(Number(request.headers['content-length'] ?? 0))) {
      this.#refuse(response, 'full');
      return;
    }
    await this.#bodies.withBody(request, inlet.maxBodyBytes, async (body) => {
      if (typeof body === 'string') this.#refuse(response, body);
      else await this.#answer(inlet, body, request, response);
    });
  }

  async #answer(
    inlet: Inlet,
    body: Buffer,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let entries: Entry[];
    let fault: BadRequestError | undefined;
    try {
      entries = await inlet.read(body, request);
    } catch (error) {
      if (!(error instanceof BadRequestError)) throw error;
      entries = error.entries;
      fault = error;
    }
    const receipt = await this.#intake.deliver(entries, AbortSignal.timeout(inlet.maxWaitMs));
    if (receipt !== 'safe') this.#refuse(response, receipt);
    else if (fault === undefined) response.writeHead(204).end();
    else {
      this.#count('bad', fault.message);
      this.#log.warn({ error: fault.message, path: inlet.path }, 'cannot read what was pushed');
      answerText(response, 400, fault.message);
    }
  }

  #refuse(response: ServerResponse, reason: Unread | Exclude<Receipt, 'safe'>): void {
    this.#count(reason, reason);
    if (reason === 'gone') return;
    // The rest of the body, if any, is not waited for.
    response.setHeader('connection', 'close');
    if (reason === 'too_large') {
      answerText(response, 413, 'the body is too large');
      return;
    }
    response.setHeader('retry-after', retryAfterSeconds);
    if (reason === 'full') answerText(response, 429, 'too much is waiting to be sent; try again later');
    else answerText(response, 503, 'not stored in time; try again later');
  }

  #count(reason: string, fault: string): void {
    this.#lastFault = fault;
    this.#refused.inc({ job: this.#deps.jobName, reason });
  }

  get #log(): Logger {
    return this.#deps.log;
  }
}

/** The job's name as a part of a metric's name. */
export function metricsName(job: string): string {
  return job.replace(/[^a-zA-Z0-9_]/g, '_');
}
