import { freePort } from '../../../demo/free-port.js';
import { Outbox, type Source } from './source.js';

interface Kind {
  /** Its key in a scrape config, and what stands there beside the server. */
  readonly name: string;
  readonly options?: object;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxLines?: number;
  body(lines: readonly string[]): string;
}

/** Posts lines, and posts them again until the answer is success. */
class Posts implements Source {
  readonly job: object;
  readonly #outbox: Outbox;

  constructor(port: number, { name, options, path, headers = {}, maxLines, body }: Kind) {
    const server = { http_listen_address: '127.0.0.1', http_listen_port: port };
    this.job = { [name]: { server, labels: { job: 'audit', instance: 'a' }, ...options } };
    const url = `http://127.0.0.1:${port}${path}`;
    this.#outbox = new Outbox(async (lines, signal) => {
      const response = await fetch(url, { method: 'POST', headers, body: body(lines), signal });
      return response.ok;
    }, maxLines);
  }

  write(data: string): void {
    this.#outbox.add(data);
  }

  async restart(): Promise<void> {
    await this.#outbox.interrupt();
    this.#outbox.resume();
  }

  close(): Promise<void> {
    return this.#outbox.interrupt();
  }
}

const json = { 'content-type': 'application/json' };
const eventStart = '{"kind":"Event","apiVersion":"audit.k8s.io/v1",';

const kinds: Record<'push' | 'heroku' | 'pubsub' | 'webhook', Kind> = {
  push: {
    name: 'loki_push_api',
    path: '/loki/api/v1/push',
    headers: json,
    body: (lines) => {
      const now = `${Date.now()}000000`;
      return JSON.stringify({ streams: [{ stream: {}, values: lines.map((line) => [now, line]) }] });
    },
  },
  heroku: {
    name: 'heroku_drain',
    path: '/heroku/api/v1/drain',
    body: (lines) =>
      lines
        .map((line) => `<40>1 2012-11-30T06:45:26Z host app web.3 - ${line}`)
        .map((frame) => `${Buffer.byteLength(frame)} ${frame}`)
        .join(''),
  },
  pubsub: {
    name: 'gcplog',
    options: { subscription_type: 'push' },
    path: '/gcp/api/v1/push',
    headers: json,
    maxLines: 1,
    body: ([line]) => {
      const data = Buffer.from(JSON.stringify({ textPayload: line })).toString('base64');
      return JSON.stringify({ message: { data, message_id: '1' }, subscription: 's' });
    },
  },
  webhook: {
    name: 'kubernetes_audit_webhook',
    path: '/audit',
    headers: json,
    body: (lines) => {
      const items = lines.map((line) => `{${line.slice(eventStart.length)}`);
      return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join()}]}\n`;
    },
  },
};

export async function openPosts(kind: keyof typeof kinds): Promise<Source> {
  return new Posts(await freePort(), kinds[kind]);
}
