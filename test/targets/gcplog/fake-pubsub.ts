import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** As much of Pub/Sub's REST interface, and of Google's login, as the agent uses. */
export class FakePubSub {
  readonly waiting: { ackId: string; data: string }[] = [];
  readonly acknowledged: string[] = [];
  readonly extended: { ackIds: string[]; ackDeadlineSeconds: number }[] = [];
  readonly authorizations = new Set<string | undefined>();
  /** What was asked for at the login's address. */
  readonly logins: { url: string; body: string; flavor: string | undefined }[] = [];
  /** Statuses of the next answers, before any success. */
  readonly failures: number[] = [];
  readonly #server: Server;

  static async start(): Promise<FakePubSub> {
    const fake = new FakePubSub();
    fake.#server.listen(0, '127.0.0.1');
    await once(fake.#server, 'listening');
    onTestFinished(() => {
      fake.#server.closeAllConnections();
      fake.#server.close();
    });
    return fake;
  }

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      const answer = (status: number, content: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
      if (!request.url!.startsWith('/v1/projects/p/subscriptions/s:')) {
        const flavor = request.headers['metadata-flavor'] as string | undefined;
        this.logins.push({ url: request.url!, body, flavor });
        answer(200, { access_token: `token-${this.logins.length}`, expires_in: 3600, token_type: 'Bearer' });
        return;
      }
      this.authorizations.add(request.headers.authorization);
      const failure = this.failures.shift();
      if (failure !== undefined) answer(failure, { error: {} });
      else answer(200, await this.#carryOut(request.url!.split(':')[1]!, JSON.parse(body) as Call));
    });
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  publish(...lines: string[]): void {
    for (const line of lines) {
      const number = this.waiting.length + this.acknowledged.length;
      this.waiting.push({ ackId: `ack-${number}-${line}`, data: Buffer.from(line).toString('base64') });
    }
  }

  async #carryOut(method: string, { ackIds = [], ackDeadlineSeconds = 0 }: Call): Promise<object> {
    if (method === 'acknowledge') this.acknowledged.push(...ackIds);
    if (method === 'modifyAckDeadline') this.extended.push({ ackIds, ackDeadlineSeconds });
    if (method !== 'pull') return {};
    for (let i = 0; i < 20 && this.waiting.length === 0; i++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    return {
      receivedMessages: this.waiting
        .splice(0)
        .map(({ ackId, data }) => ({ ackId, message: { data, messageId: ackId } })),
    };
  }
}

interface Call {
  ackIds?: string[];
  ackDeadlineSeconds?: number;
}
