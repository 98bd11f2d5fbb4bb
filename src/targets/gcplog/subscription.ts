import { Buffer } from 'node:buffer';
import type { Authorization } from '../../http/authorization.js';
import type { Connections } from '../../http/connections.js';

/** A message that Pub/Sub has handed out. */
export interface PulledMessage {
  readonly ackId: string;
  readonly data: Buffer;
}

export interface SubscriptionDeps {
  readonly connections: Connections;
  /** Undefined for the emulator, which asks nobody who they are. */
  readonly login: Authorization | undefined;
}

/** The answer of Pub/Sub was not one of success. */
export class PubSubError extends Error {
  override readonly name = 'PubSubError';
}

/** How long Pub/Sub may hold a request for messages, and more. */
const maxPullMs = 120_000;
const maxCallMs = 30_000;
/** Ids that go into one request. */
const maxAckIds = 1000;

/** One subscription of Pub/Sub, by its REST interface. */
export class Subscription {
  readonly #url: string;
  readonly #deps: SubscriptionDeps;

  /** `endpoint` is where Pub/Sub is, `name` is `projects/…/subscriptions/…`. */
  constructor(endpoint: string, name: string, deps: SubscriptionDeps) {
    this.#url = `${endpoint}/v1/${name}`;
    this.#deps = deps;
  }

  /** Waits for messages, for a while; there may be none. */
  async pull(maxMessages: number, signal: AbortSignal): Promise<PulledMessage[]> {
    const answer = await this.#call('pull', { maxMessages }, maxPullMs, signal);
    const { receivedMessages = [] } = answer as {
      receivedMessages?: { ackId: string; message?: { data?: string } }[];
    };
    return receivedMessages.map(({ ackId, message }) => ({
      ackId,
      data: Buffer.from(message?.data ?? '', 'base64'),
    }));
  }

  /** They are not handed out again. */
  async acknowledge(ackIds: readonly string[], signal: AbortSignal): Promise<void> {
    for (const some of portions(ackIds)) await this.#call('acknowledge', { ackIds: some }, maxCallMs, signal);
  }

  /** They are handed out again after so many seconds, unless they are acknowledged before; 0: at once. */
  async extend(ackIds: readonly string[], ackDeadlineSeconds: number, signal: AbortSignal): Promise<void> {
    for (const some of portions(ackIds))
      await this.#call('modifyAckDeadline', { ackIds: some, ackDeadlineSeconds }, maxCallMs, signal);
  }

  async #call(method: string, body: object, maxMs: number, signal: AbortSignal): Promise<unknown> {
    const { connections, login } = this.#deps;
    const url = new URL(`${this.#url}:${method}`);
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(maxMs)]);
    const authorization = await login?.header(deadline);
    const dispatcher = await connections.to(url);
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
      body: JSON.stringify(body),
      signal: deadline,
    });
    const text = await response.body.text();
    if (response.statusCode === 200) return text === '' ? {} : JSON.parse(text);
    if (response.statusCode === 401) login?.refused();
    throw new PubSubError(`${method}: status ${response.statusCode}: ${text.slice(0, 500)}`);
  }
}

function portions(ids: readonly string[]): string[][] {
  const portions: string[][] = [];
  for (let at = 0; at < ids.length; at += maxAckIds) portions.push(ids.slice(at, at + maxAckIds));
  return portions;
}
