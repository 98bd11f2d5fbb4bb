import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Receipt } from '../../entry/intake.js';
import type { Labels } from '../../entry/labels.js';
import { BearerTokens } from '../../http/bearer-tokens.js';
import { textSource } from '../../http/secret-text.js';
import { peerAddress } from '../listen-address.js';
import type { ReceivedLabels } from '../received-labels.js';
import { EventBatch, type EventBatchDeps } from './event-batch.js';
import { EventListError, EventListSplitter } from './event-list.js';
import type { MemoryBudget } from './memory-budget.js';
import { RecentEvents } from './recent-events.js';
import type { InletConfig, WebhookConfig } from './webhook-options.js';

/** What is answered: the events are safe, or the reason why the request is refused. */
export type Reply = Receipt | 'unauthorized' | 'encoded' | 'too_large' | 'gone' | { readonly bad: string };

export interface InletDeps extends Omit<EventBatchDeps, 'labels' | 'recent' | 'count'> {
  readonly receivedLabels: ReceivedLabels;
  readonly memory: MemoryBudget;
  count(path: string, ...fate: Parameters<EventBatchDeps['count']>): void;
}

/** How long whoever posts waits at most. */
const maxWaitMs = 8000;

/** One path, and whose events come there: no event says which server it is from. */
export class AuditInlet {
  readonly path: string;
  readonly #config: WebhookConfig;
  readonly #labels: readonly (readonly [string, string])[];
  readonly #tokens: BearerTokens | undefined;
  readonly #recent: RecentEvents;
  readonly #deps: InletDeps;

  constructor(inlet: InletConfig, config: WebhookConfig, deps: InletDeps) {
    this.path = inlet.path;
    this.#config = config;
    this.#deps = deps;
    this.#labels = [...config.labels, ...inlet.labels];
    const source =
      textSource(inlet.bearer_token, inlet.bearer_token_file) ??
      textSource(config.bearer_token, config.bearer_token_file);
    this.#tokens = source === undefined ? undefined : new BearerTokens(source);
    this.#recent = new RecentEvents(config.repeat_window, deps.now);
  }

  async receive(request: IncomingMessage): Promise<Reply> {
    const { authorization, 'content-encoding': encoding = 'identity' } = request.headers;
    if (this.#tokens !== undefined && !(await this.#tokens.admit(authorization))) return 'unauthorized';
    if (encoding !== 'identity') return 'encoded';
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.#config.max_body_size) return 'too_large';
    if (!this.#deps.intake.hasRoomFor(announced)) return 'full';
    this.#recent.forgetOld();
    const batch = new EventBatch({
      ...this.#deps,
      labels: this.#labelsOf(request),
      recent: this.#recent,
      count: (fate, events) => this.#deps.count(this.path, fate, events),
    });
    const fault = await this.#read(request, batch);
    // What came whole is kept, whatever comes after it.
    const receipt = await batch.receipt(AbortSignal.timeout(maxWaitMs));
    return receipt === 'safe' ? (fault ?? receipt) : receipt;
  }

  /** Why the body was not read to its end, if so. */
  async #read(request: IncomingMessage, batch: EventBatch): Promise<Reply | undefined> {
    const splitter = new EventListSplitter({
      maxItemBytes: this.#config.max_event_size,
      onItem: (item) => batch.add(item, splitter.apiVersion),
      onLongItem: (beginning, whole) => batch.addLong(beginning, whole),
    });
    const { memory } = this.#deps;
    let size = 0;
    let held = 0;
    try {
      // Left early, it would end the connection, and the answer with it.
      const chunks: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > this.#config.max_body_size) return 'too_large';
        splitter.push(chunk);
        if (!(await batch.roomMade(maxWaitMs))) return 'late';
        const before = held;
        held = splitter.heldBytes + batch.heldBytes;
        if (!memory.change(before, held)) return 'full';
      }
      splitter.end();
    } catch (error) {
      if (error instanceof EventListError) return { bad: error.message };
      if ((error as NodeJS.ErrnoException).code === 'ECONNRESET') return 'gone';
      throw error;
    } finally {
      memory.change(held, 0);
    }
    return undefined;
  }

  /** Rules see which path it was, and who posted: the address of the other end, and the name in its certificate if that was verified. */
  #labelsOf({ socket }: IncomingMessage): Labels | undefined {
    return this.#deps.receivedLabels.of([
      ...this.#labels,
      ['__kubernetes_audit_webhook_path', this.path],
      ['__kubernetes_audit_webhook_client_address', peerAddress(socket.remoteAddress)],
      ['__kubernetes_audit_webhook_client_name', clientName(socket as TLSSocket)],
    ]);
  }
}

function clientName(socket: TLSSocket): string {
  if (!socket.authorized) return '';
  const { CN = '' } = socket.getPeerCertificate().subject ?? {};
  return String(CN);
}
