import type { Logger } from 'pino';
import { ConfigError } from '../fields/problems.js';
import { Client } from './client.js';
import type { ClientDeps } from './client-kind.js';
import { clientName } from './client-name.js';
import type { SendingOptions } from './client-options.js';
import { ClientStatus } from './client-status.js';
import { DeadLetters } from './dead-letters.js';
import type { Protocol } from './protocol.js';
import { type Poster, Sender } from './sender.js';
import { Transport } from './transport.js';

/** How a client speaks to its server. */
export interface Wire {
  readonly protocol: Protocol;
  /** What pushes go through on their way to the transport, where an answer is not the last word. */
  readonly around?: (transport: Poster, log: Logger) => Poster;
}

/** Builds a client that speaks like this to its server. Throws a ConfigError when its certificates cannot be used. */
export async function createClient(
  options: SendingOptions,
  { protocol, around = (transport) => transport }: Wire,
  deps: ClientDeps,
): Promise<Client> {
  const { now, limits } = deps;
  const { host } = options.url;
  const name = clientName(options);
  const log = deps.log.child({ component: 'client', host });
  const transport = around(new Transport(options, { ...deps, protocol, log }), log);
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
    protocol,
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
