import { Gauge, Histogram, type Registry } from 'prom-client';

const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100];
const mebibyte = 1 << 20;
const sizes = [1, 2.5, 5, 10, 25, 50, 100, 250].map((size) => size * mebibyte);

/** One request as it is counted. */
export interface CountedRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** What an HTTP server counts, in families of Promtail's names. Servers with the same prefix share them. */
export class RequestMetrics {
  readonly #duration: Histogram<'method' | 'route' | 'status_code' | 'ws'>;
  readonly #bytesRead: Histogram<'method' | 'route'>;
  readonly #bytesWritten: Histogram<'method' | 'route'>;
  readonly #inFlight: Gauge<'method' | 'route'>;
  readonly #connections: Gauge<'protocol'>;
  readonly #connectionLimit: Gauge<'protocol'>;

  constructor(registry: Registry, prefix = '') {
    const family = <M>(name: string, create: (name: string) => M): M =>
      (registry.getSingleMetric(prefix + name) as M | undefined) ?? create(prefix + name);
    const registers = [registry];
    const byRoute = ['method', 'route'] as const;
    this.#duration = family(
      'request_duration_seconds',
      (name) =>
        new Histogram({
          name,
          help: 'How long requests took.',
          labelNames: ['method', 'route', 'status_code', 'ws'],
          buckets: durations,
          registers,
        }),
    );
    const sizeHistogram = (name: string, help: string) =>
      family(
        name,
        (full) => new Histogram({ name: full, help, labelNames: byRoute, buckets: sizes, registers }),
      );
    this.#bytesRead = sizeHistogram('request_message_bytes', 'Size of the bodies of requests.');
    this.#bytesWritten = sizeHistogram('response_message_bytes', 'Size of what was answered.');
    const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
      family(name, (full) => new Gauge({ name: full, help, labelNames, registers }));
    this.#inFlight = gauge('inflight_requests', 'Requests that are being answered.', byRoute);
    this.#connections = gauge('tcp_connections', 'Open connections.', ['protocol']);
    this.#connectionLimit = gauge('tcp_connections_limit', 'How many there may be; 0 for any number.', [
      'protocol',
    ]);
  }

  limitConnections(limit: number): void {
    this.#connectionLimit.set({ protocol: 'http' }, limit);
  }

  connectionOpened(): void {
    this.#connections.inc({ protocol: 'http' });
  }

  connectionClosed(): void {
    this.#connections.dec({ protocol: 'http' });
  }

  requestBegun(method: string, route: string): void {
    this.#inFlight.inc({ method, route });
  }

  requestEnded({ method, route, status, seconds, bytesRead, bytesWritten }: CountedRequest): void {
    this.#inFlight.dec({ method, route });
    this.#duration.observe({ method, route, status_code: String(status), ws: 'false' }, seconds);
    this.#bytesRead.observe({ method, route }, bytesRead);
    this.#bytesWritten.observe({ method, route }, bytesWritten);
  }
}
