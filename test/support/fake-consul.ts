import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface FakeService {
  readonly ID: string;
  readonly Service: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags?: readonly string[];
  readonly Meta?: Readonly<Record<string, string>>;
  readonly TaggedAddresses?: Readonly<Record<string, { Address: string; Port: number }>>;
  readonly checks?: readonly { readonly CheckID: string; readonly Status: string }[];
}

/** One Consul agent that is also its only server: catalog and health with blocking queries, and the agent's own view. */
export class FakeConsul {
  readonly requests: {
    readonly path: string;
    readonly query: URLSearchParams;
    readonly headers: IncomingMessage['headers'];
  }[] = [];
  /** Answers all requests with this status, when it is set. */
  failure: number | undefined;
  readonly #server = createServer((request, response) => this.#answer(request, response));
  readonly #sockets = new Set<Socket>();
  readonly #services = new Map<string, FakeService>();
  readonly #waiting = new Set<() => void>();
  #index = 10;

  async start(): Promise<this> {
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  register(service: FakeService): void {
    this.#services.set(service.ID, service);
    this.#changed(this.#index + 1);
  }

  deregister(id: string): void {
    this.#services.delete(id);
    this.#changed(this.#index + 1);
  }

  /** Begins to count anew, as after a restore of its data. */
  restore(): void {
    this.#changed(1);
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.#server.close();
    this.dropConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #changed(index: number): void {
    this.#index = index;
    for (const answer of [...this.#waiting]) answer();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams: query } = new URL(request.url!, 'http://consul');
    this.requests.push({ path: pathname, query, headers: request.headers });
    if (this.failure !== undefined) {
      response.writeHead(this.failure).end('no leader');
      return;
    }
    const path = pathname.replace(/^\/behind/, '');
    const agent = agentAnswer(path, [...this.#services.values()]);
    if (agent !== undefined) {
      response
        .writeHead(agent.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(agent.body));
      return;
    }
    const answer = () => {
      this.#waiting.delete(answer);
      response.setHeader('X-Consul-Index', String(this.#index));
      response.setHeader('X-Consul-LastContact', '0');
      response.setHeader('X-Consul-KnownLeader', 'true');
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(catalogAnswer(path, query, [...this.#services.values()])));
    };
    if (Number(query.get('index') ?? 0) !== this.#index) answer();
    else this.#waiting.add(answer);
  }
}

const node = {
  Node: 'node-1',
  Address: '10.0.0.1',
  Datacenter: 'dc-1',
  Meta: { 'consul-network-segment': '', rack: 'r1' },
  TaggedAddresses: { lan: '10.0.0.1', wan: '192.0.2.1' },
};

function catalogAnswer(path: string, query: URLSearchParams, services: readonly FakeService[]): unknown {
  if (path === '/v1/catalog/services') {
    const names = [...new Set(services.map(({ Service }) => Service))];
    const tagsOf = (name: string) =>
      services.filter(({ Service }) => Service === name).flatMap(({ Tags = [] }) => Tags);
    return Object.fromEntries(names.map((name) => [name, tagsOf(name)]));
  }
  const name = decodeURIComponent(path.replace('/v1/health/service/', ''));
  return services
    .filter(
      ({ Service, Tags = [] }) => Service === name && query.getAll('tag').every((tag) => Tags.includes(tag)),
    )
    .map(({ checks = [], ...service }) => ({ Node: node, Service: service, Checks: checks }));
}

function agentAnswer(
  path: string,
  services: readonly FakeService[],
): { readonly status: number; readonly body: unknown } | undefined {
  if (path === '/v1/agent/self') {
    const body = {
      Config: { Datacenter: 'dc-1', NodeName: 'node-1', Server: true },
      Member: { Name: 'node-1', Addr: '10.0.0.1', Port: 8301 },
      Meta: node.Meta,
    };
    return { status: 200, body };
  }
  if (path === '/v1/agent/services')
    return { status: 200, body: Object.fromEntries(services.map((service) => [service.ID, service])) };
  const prefix = '/v1/agent/health/service/name/';
  if (!path.startsWith(prefix)) return undefined;
  const found = services.filter(({ Service }) => Service === decodeURIComponent(path.slice(prefix.length)));
  if (found.length === 0) return { status: 404, body: [] };
  const states = found.flatMap(({ checks = [] }) => checks.map(({ Status }) => Status));
  const status = states.includes('critical') ? 503 : states.includes('warning') ? 429 : 200;
  const body = found.map((service) => ({
    AggregatedStatus: 'x',
    Service: service,
    Checks: service.checks ?? [],
  }));
  return { status, body };
}
