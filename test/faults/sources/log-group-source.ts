import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { freePort } from '../../../demo/free-port.js';
import type { Source } from './source.js';

interface StoredEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  readonly timestamp: number;
  readonly message: string;
}

interface Query {
  readonly startTime: number;
  readonly endTime?: number;
  readonly nextToken?: string;
}

const pageSize = 50;
/** So many requests in a row are answered; then one is too many. */
const requestsBeforeThrottling = 20;

/** A log group of CloudWatch Logs, with pages that are small and an answer now and then that there are too many requests. */
class LogGroup implements Source {
  readonly job: object;
  readonly env: Readonly<Record<string, string>>;
  readonly #port: number;
  readonly #events: StoredEvent[] = [];
  #requests = 0;
  #server: Server | undefined;

  constructor(port: number) {
    this.#port = port;
    this.env = { AWS_ACCESS_KEY_ID: 'key', AWS_SECRET_ACCESS_KEY: 'secret' };
    this.job = {
      cloudwatch: {
        log_group: '/aws/eks/test/cluster',
        region: 'eu-west-1',
        endpoint: `http://127.0.0.1:${port}`,
        poll_interval: '50ms',
        overlap: '2s',
        start_from: '1m',
        labels: { job: 'audit', instance: 'a' },
      },
    };
  }

  /** In order: events of one millisecond come in that of their ids. */
  write(data: string): void {
    this.#events.push({
      eventId: String(this.#events.length).padStart(56, '0'),
      logStreamName: 'kube-apiserver-audit-1',
      timestamp: Date.now(),
      message: data.trimEnd(),
    });
  }

  async listen(): Promise<void> {
    const server = createServer(async (request, response) => {
      const query = JSON.parse(await text(request)) as Query;
      this.#requests += 1;
      if (this.#requests % requestsBeforeThrottling === 0)
        response.writeHead(400).end('{"__type":"ThrottlingException","message":"Rate exceeded"}');
      else response.end(JSON.stringify(this.#answer(query)));
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

  #answer({ startTime, endTime = Number.POSITIVE_INFINITY, nextToken = '0' }: Query): object {
    const found = this.#events.filter(({ timestamp }) => timestamp >= startTime && timestamp <= endTime);
    const start = Number(nextToken);
    const end = start + pageSize;
    return { events: found.slice(start, end), ...(end < found.length && { nextToken: String(end) }) };
  }
}

export async function openLogGroup(): Promise<Source> {
  const group = new LogGroup(await freePort());
  await group.listen();
  return group;
}
