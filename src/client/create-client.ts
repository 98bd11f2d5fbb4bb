import type { Logger } from 'pino';
import { ConfigError } from '../fields/problems.js';
import type { ClientMetrics } from '../metrics/client-metrics.js';
import { ByteBuffer, ByteBufferPool } from './byte-buffer.js';
import { Client } from './client.js';
import { clientName } from './client-name.js';
import type { ClientOptions } from './client-options.js';
import { ClientStatus } from './client-status.js';
import { DeadLetters } from './dead-letters.js';
import type { ClientLimits } from './line-limit.js';
import { Sender } from './sender.js';
import { type Codec, loadCompress } from './snappy.js';
import { Transport } from './transport.js';

export interface ClientDeps {
  readonly log: Logger;
  readonly metrics: ClientMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly version: string;
  /** Where `proxy_from_environment` looks. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limits: ClientLimits;
  readonly codec: Codec;
}

/** Builds a client. Throws a ConfigError when its certificates cannot be used. */
export async function createClient(options: ClientOptions, deps: ClientDeps): Promise<Client> {
  const { now, limits } = deps;
  const { host } = options.url;
  const name = clientName(options);
  const log = deps.log.child({ component: 'client', host });
  const transport = new Transport(options, { ...deps, log });
  await transport.check().catch((cause: unknown) => {
    throw new ConfigError(`client ${name} (${host}): ${(cause as Error).message}`, { cause });
  });

  const metrics = deps.metrics.forHost(host);
  const status = new ClientStatus();
  const closing = new AbortController();
  const abandon = new AbortController();
  const sender = new Sender(options, {
    transport,
    metrics,
    status,
    log,
    now,
    closing: closing.signal,
    abandon: abandon.signal,
  });
  const directory = options.dead_letter ?? '';
  const delivery = {
    sender,
    compress: await loadCompress(deps.codec),
    scratch: new ByteBuffer(64 * 1024),
    bodies: new ByteBufferPool(2 * options.batchsize),
    metrics,
    status,
    deadLetters: directory === '' ? undefined : new DeadLetters(directory, name, log, now),
    dropRateLimited: options.drop_rate_limited_batches,
    log,
    abandon: abandon.signal,
  };
  return new Client(options, {
    name,
    limits,
    log,
    now,
    metrics,
    status,
    transport,
    delivery,
    closing,
    abandon,
  });
}
