import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** An object as the API has it; its resourceVersion is the server's business. */
export interface FakeObject {
  metadata: {
    name: string;
    namespace?: string;
    resourceVersion?: string;
    labels?: Record<string, string>;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

export interface FakeRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
}

export interface FakeKubernetesOptions {
  /** Serves https with these; with `ca`, clients have to show a certificate. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** The Authorization header that is let in; anybody is, when there is none. */
  readonly authorization?: string;
}

/** What the objects of each collection are called. */
const kinds: Readonly<Record<string, { readonly apiVersion: string; readonly kind: string }>> = {
  pods: { apiVersion: 'v1', kind: 'Pod' },
  nodes: { apiVersion: 'v1', kind: 'Node' },
  services: { apiVersion: 'v1', kind: 'Service' },
  endpoints: { apiVersion: 'v1', kind: 'Endpoints' },
  namespaces: { apiVersion: 'v1', kind: 'Namespace' },
  endpointslices: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  ingresses: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  replicasets: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  jobs: { apiVersion: 'batch/v1', kind: 'Job' },
};

interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly collection: string;
  readonly object: FakeObject;
}

interface Watch {
  readonly collection: string;
  readonly selects: (change: Change) => boolean;
  readonly response: ServerResponse;
}

interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * An API server that knows how to list, in pages and from its cache, and to watch, with all the ways in which that ends. It speaks as a
 * kube-apiserver does, to any client: its answers to Promtail were what the tests of labels are measured against.
 */
export class FakeKubernetes {
  readonly requests: FakeRequest[] = [];
  /** What it lets in; may change while it runs. */
  authorization: string | undefined;
  /** Sends answers a few bytes at a time. */
  isSlow = false;
  /** Looks at each request before it is answered. */
  onRequest: (request: FakeRequest) => void = () => {};
  /** What a path is taken for, as by a proxy in front. */
  rewrite: (path: string) => string = (path) => path;
  /** How many objects fit on a page, whatever the client asks for. */
  maxPage = Number.POSITIVE_INFINITY;
  readonly #server: Server;
  readonly #isTls: boolean;
  readonly #sockets = new Set<Socket>();
  readonly #objects = new Map<string, Map<string, FakeObject>>();
  readonly #watches = new Set<Watch>();
  readonly #refusals: Refusal[] = [];
  #version = 1000;
  /** What has happened since `#oldest`. */
  #history: Change[] = [];
  #oldest = 1000;

  constructor({ tls, authorization }: FakeKubernetesOptions = {}) {
    this.authorization = authorization;
    this.#isTls = tls !== undefined;
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#server =
      tls === undefined
        ? createServer(answer)
        : createTlsServer({ ...tls, ...(tls.ca && { requestCert: true, rejectUnauthorized: true }) }, answer);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): URL {
    return new URL(`${this.#isTls ? 'https' : 'http'}://127.0.0.1:${this.port}`);
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  lists(): FakeRequest[] {
    return this.requests.filter(({ query }) => query.watch === undefined);
  }

  watches(): FakeRequest[] {
    return this.requests.filter(({ query }) => query.watch !== undefined);
  }

  /** `collection` is a resource as in a path: `pods`. Adds the object, or changes the one of its name. */
  put(collection: string, object: FakeObject): void {
    const objects = this.#collection(collection);
    const key = keyOf(object);
    const type = objects.has(key) ? 'MODIFIED' : 'ADDED';
    this.#version++;
    const stored = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    };
    objects.set(key, stored);
    this.#tell({ version: this.#version, type, collection, object: stored });
  }

  /** `key`: `namespace/name`, or a name. */
  remove(collection: string, key: string): void {
    const objects = this.#collection(collection);
    const object = objects.get(key)!;
    objects.delete(key);
    this.#version++;
    const gone = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.#tell({ version: this.#version, type: 'DELETED', collection, object: gone });
  }

  /** Tells all watches how far they are. */
  bookmark(): void {
    for (const { collection, response } of this.#watches) {
      const object = { ...kinds[collection], metadata: { resourceVersion: String(this.#version) } };
      this.#send(response, `${JSON.stringify({ type: 'BOOKMARK', object })}\n`);
    }
  }

  /** Whoever wants to go on from before now is told that it is gone. */
  forgetHistory(): void {
    this.#version++;
    this.#history = [];
    this.#oldest = this.#version;
  }

  /** Ends all watches with an event that says so, as when their place in history is gone. */
  endWatches(status: { code: number; message: string }): void {
    for (const watch of this.#watches) {
      const object = { kind: 'Status', apiVersion: 'v1', status: 'Failure', ...status };
      this.#send(watch.response, `${JSON.stringify({ type: 'ERROR', object })}\n`);
      watch.response.end();
    }
    this.#watches.clear();
  }

  /** Ends all watches as their time is up. */
  finishWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  /** Cuts all connections, in the middle of whatever they carry. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Refuses the next request. */
  refuseNext(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#refusals.push({ status, headers });
  }

  async close(): Promise<void> {
    this.#server.close();
    this.dropConnections();
    if (this.#server.listening) await once(this.#server, 'close');
  }

  #collection(name: string): Map<string, FakeObject> {
    const known = this.#objects.get(name) ?? new Map<string, FakeObject>();
    this.#objects.set(name, known);
    return known;
  }

  #tell(change: Change): void {
    this.#history.push(change);
    for (const watch of this.#watches) if (watch.selects(change)) this.#sendChange(watch, change);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, 'http://server');
    const query = Object.fromEntries(url.searchParams);
    const seen = { path: url.pathname, query, headers: request.headers };
    this.requests.push(seen);
    this.onRequest(seen);
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) {
      refuse(response, refusal.status, 'refused as told', refusal.headers);
      return;
    }
    if (this.authorization !== undefined && request.headers.authorization !== this.authorization) {
      refuse(response, 401, 'Unauthorized');
      return;
    }
    const path = /^\/api(?:s\/[^/]+)?\/v1(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(
      this.rewrite(url.pathname),
    );
    if (path === null) {
      refuse(response, 404, 'the server could not find the requested resource');
      return;
    }
    const [, namespace, collection] = path;
    const selects = (object: FakeObject) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      matchesFields(object, query.fieldSelector ?? '') &&
      matchesLabels(object, query.labelSelector ?? '');
    // Promtail's client would like the list as the beginning of the watch, and does without.
    if (query.sendInitialEvents !== undefined) {
      refuse(response, 422, 'sendInitialEvents: Forbidden: it is not known here');
      return;
    }
    if (query.watch === undefined) this.#list(collection!, query, selects, response);
    else this.#watch(collection!, query, selects, response);
  }

  /** From the cache (`resourceVersion=0`) comes all at once, as a kube-apiserver before 1.34 does it. */
  #list(
    collection: string,
    query: Readonly<Record<string, string>>,
    selects: (object: FakeObject) => boolean,
    response: ServerResponse,
  ): void {
    const [version, offset] = (query.continue ?? `${this.#version}:0`).split(':').map(Number) as [
      number,
      number,
    ];
    if (version < this.#oldest) {
      refuse(response, 410, 'The provided continue parameter is too old to display a consistent list');
      return;
    }
    const isCached = query.resourceVersion === '0';
    const limit = Math.min(
      isCached ? Number.POSITIVE_INFINITY : Number(query.limit ?? Infinity),
      this.maxPage,
    );
    const all = [...this.#collection(collection).values()].filter(selects);
    const items = all.slice(offset, offset + limit);
    const next = offset + limit < all.length ? { continue: `${version}:${offset + limit}` } : {};
    response.setHeader('content-type', 'application/json');
    const metadata = { resourceVersion: String(version), ...next };
    const text = JSON.stringify({
      ...kinds[collection],
      kind: `${kinds[collection]!.kind}List`,
      metadata,
      items,
    });
    this.#send(response, text);
    response.end();
  }

  #watch(
    collection: string,
    query: Readonly<Record<string, string>>,
    selectsObject: (object: FakeObject) => boolean,
    response: ServerResponse,
  ): void {
    const from = Number(query.resourceVersion);
    response.setHeader('content-type', 'application/json');
    if (from < this.#oldest) {
      const object = {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code: 410,
        reason: 'Expired',
        message: 'too old',
      };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
      return;
    }
    const selects = (change: Change) => change.collection === collection && selectsObject(change.object);
    const watch = { collection, selects, response };
    response.flushHeaders();
    for (const change of this.#history)
      if (change.version > from && selects(change)) this.#sendChange(watch, change);
    this.#watches.add(watch);
    response.on('close', () => this.#watches.delete(watch));
  }

  #sendChange({ response }: Watch, { type, collection, object }: Change): void {
    this.#send(response, `${JSON.stringify({ type, object: { ...kinds[collection], ...object } })}\n`);
  }

  #send(response: ServerResponse, text: string): void {
    const bytes = Buffer.from(text);
    const step = this.isSlow ? 7 : bytes.length;
    for (let at = 0; at < bytes.length; at += step) response.write(bytes.subarray(at, at + step));
  }
}

function refuse(
  response: ServerResponse,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  const reason = code === 410 ? 'Expired' : code === 422 ? 'Invalid' : 'Unknown';
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, code, message };
  response.end(JSON.stringify(status));
}

function keyOf({ metadata: { namespace, name } }: FakeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

function matchesFields(object: FakeObject, selector: string): boolean {
  return terms(selector).every(([path, operator, value]) => {
    const found = path
      .split('.')
      .reduce<unknown>((at, field) => (at as Record<string, unknown> | undefined)?.[field], object);
    return ((found ?? '') === value) === (operator !== '!=');
  });
}

function matchesLabels({ metadata: { labels = {} } }: FakeObject, selector: string): boolean {
  return terms(selector).every(([name, operator, value]) => (labels[name] === value) === (operator !== '!='));
}

function terms(selector: string): [string, string, string][] {
  return selector
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const [, name, operator, value] = /^(.*?)(==|!=|=)(.*)$/.exec(term)!;
      return [name!, operator!, value!];
    });
}
