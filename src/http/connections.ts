import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { type ChooseProxy, proxyChoice } from './proxy.js';
import type { ProxyOptions } from './proxy-options.js';
import { checkTls, isSameTls, readTls, type TlsSettings } from './tls-context.js';
import type { TlsOptions } from './tls-options.js';

export interface ConnectionOptions extends ProxyOptions {
  readonly tls_config: TlsOptions | undefined;
}

/** Below what proxies and Loki close an idle connection after, so that a push rarely meets one that is just being closed. */
const keepAliveMs = 50_000;

/** Connections to servers, kept open between requests. Certificates that changed on disk are used from the next request on. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #chooseProxy: ChooseProxy;
  #tls: TlsSettings | undefined;
  readonly #dispatchers = new Map<string, Dispatcher>();
  #closing: Promise<unknown>[] = [];

  constructor(options: ConnectionOptions, environment: Readonly<Record<string, string | undefined>>) {
    this.#options = options;
    this.#chooseProxy = proxyChoice(options, environment);
  }

  /** Throws an Error when the certificates cannot be used. */
  async check(): Promise<void> {
    if (this.#options.tls_config !== undefined) checkTls(await readTls(this.#options.tls_config));
  }

  /** What to send a request to this URL through. */
  async to(url: URL): Promise<Dispatcher> {
    const proxy = this.#chooseProxy(url);
    const tls = await this.#currentTls(url, proxy);
    const key = proxy === undefined ? '' : `${url.protocol} ${proxy.href}`;
    let dispatcher = this.#dispatchers.get(key);
    if (dispatcher === undefined) {
      dispatcher = this.#connect(url, proxy, tls);
      this.#dispatchers.set(key, dispatcher);
    }
    return dispatcher;
  }

  /** Cuts requests that are still under way. */
  async close(): Promise<void> {
    this.#retire((dispatcher) => dispatcher.destroy());
    await Promise.all(this.#closing);
  }

  async #currentTls(url: URL, proxy: URL | undefined): Promise<TlsSettings> {
    if (url.protocol !== 'https:' && proxy?.protocol !== 'https:') return this.#tls ?? {};
    if (this.#tls !== undefined && !this.#hasFiles()) return this.#tls;
    const tls = await readTls(this.#options.tls_config);
    if (this.#tls === undefined || !isSameTls(tls, this.#tls)) {
      checkTls(tls);
      this.#retire((dispatcher) => dispatcher.close());
      this.#tls = tls;
    }
    return this.#tls;
  }

  #hasFiles(): boolean {
    const { ca_file, cert_file, key_file } = this.#options.tls_config ?? {};
    return Boolean(ca_file || cert_file || key_file);
  }

  #connect(url: URL, proxy: URL | undefined, tls: TlsSettings): Dispatcher {
    // Requests bring their own deadline. Connecting has undici's, ten seconds.
    const common = { allowH2: false, keepAliveTimeout: keepAliveMs, headersTimeout: 0, bodyTimeout: 0 };
    if (proxy === undefined) return new Agent({ ...common, connect: tls });
    const { servername: _, ...proxyTls } = tls;
    return new ProxyAgent({
      ...common,
      uri: proxy.href,
      // Plain requests have no CONNECT that these could go with.
      headers: url.protocol === 'https:' ? this.#connectHeaders() : {},
      requestTls: tls,
      proxyTls,
    });
  }

  #connectHeaders(): Record<string, string> {
    const given = this.#options.proxy_connect_header ?? [];
    return Object.fromEntries(
      [...given].map(([name, values]) => [name, values.map((value) => value.reveal()).join(', ')]),
    );
  }

  #retire(end: (dispatcher: Dispatcher) => Promise<void>): void {
    for (const dispatcher of this.#dispatchers.values()) {
      const closing = end(dispatcher).finally(() => {
        this.#closing = this.#closing.filter((other) => other !== closing);
      });
      this.#closing.push(closing);
    }
    this.#dispatchers.clear();
  }
}
