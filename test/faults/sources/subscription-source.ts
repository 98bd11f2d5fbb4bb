import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from '../../../demo/free-port.js';
import type { Source } from './source.js';

/** So long it waits for an acknowledgement before it hands a message out again: Google waits for ten seconds or more. */
const deadlineMs = 1500;

interface Message {
  readonly data: string;
  /** Until then it is with a subscriber. */
  leasedUntilMs: number;
}

/** As much of Pub/Sub as pulling takes, messages handed out again included. */
class Subscription implements Source {
  readonly job: object;
  readonly env: Readonly<Record<string, string>>;
  readonly #port: number;
  readonly #messages = new Map<string, Message>();
  #count = 0;
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
    this.env = { PUBSUB_EMULATOR_HOST: `127.0.0.1:${port}` };
    this.job = { gcplog: { project_id: 'p', subscription: 's', labels: { job: 'audit', instance: 'a' } } };
  }

  write(data: string): void {
    const payload = JSON.stringify({ textPayload: data.trimEnd() });
    this.#count += 1;
    this.#messages.set(`ack-${this.#count}`, {
      data: Buffer.from(payload).toString('base64'),
      leasedUntilMs: 0,
    });
  }

  async listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      const body = JSON.parse(await text(request)) as Call;
      const answer = await this.#carryOut(request.url!.split(':').at(-1)!, body);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  async restart(): Promise<void> {
    await this.close();
    await this.listen();
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #carryOut(method: string, { ackIds = [], ackDeadlineSeconds = 0 }: Call): Promise<object> {
    for (const id of ackIds) {
      const message = this.#messages.get(id);
      if (method === 'acknowledge') this.#messages.delete(id);
      else if (message !== undefined)
        message.leasedUntilMs = ackDeadlineSeconds === 0 ? 0 : Date.now() + deadlineMs;
    }
    if (method !== 'pull') return {};
    const waiting = [...this.#messages].filter(([, { leasedUntilMs }]) => leasedUntilMs < Date.now());
    if (waiting.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    return {
      receivedMessages: waiting.slice(0, 100).map(([ackId, message]) => {
        message.leasedUntilMs = Date.now() + deadlineMs;
        return { ackId, message: { data: message.data, messageId: ackId } };
      }),
    };
  }
}

interface Call {
  ackIds?: string[];
  ackDeadlineSeconds?: number;
}

export async function openSubscription(): Promise<Source> {
  const subscription = new Subscription(await freePort());
  await subscription.listen();
  return subscription;
}
