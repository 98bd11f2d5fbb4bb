import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { bool, duration, oneOf, text } from '../../fields/scalars.js';
import { optional, required, struct, unsupported, type Value, withDefault } from '../../fields/schema.js';
import { secret } from '../../fields/secret.js';
import type { Batch } from '../batch.js';
import type { ClientKind } from '../client-kind.js';
import { concurrencyField, endpoint, sendingFields, sendingSchema } from '../client-options.js';
import { createClient } from '../create-client.js';
import type { EntryRuns } from '../entry-runs.js';
import { compressionField, packBody, packedHeaders } from '../pack-body.js';
import type { Answer, Body, Protocol } from '../protocol.js';
import type { PushOutcome } from '../push-outcome.js';
import type { Poster } from '../sender.js';
import { withTokenLogin } from '../token-login.js';
import { Transport } from '../transport.js';
import { AcknowledgedPoster, readAcknowledgement } from './acknowledged-poster.js';
import { readCollectorAnswer } from './collector-answer.js';
import { collectorEvents, type EventShape } from './collector-events.js';
import { isFixed, parseEventText } from './event-text.js';

const fields = struct({
  type: required(oneOf('splunk_hec')),
  ...sendingFields(required(endpoint), {
    tenant_id: unsupported('Splunk has no tenants; send to an index of its own instead'),
    token: optional(secret),
    token_file: optional(text),
    host: withDefault(text, ''),
    source: withDefault(text, ''),
    sourcetype: withDefault(text, ''),
    index: withDefault(text, ''),
    event_object: withDefault(bool, false),
    use_ack: withDefault(bool, false),
    ack_timeout: withDefault(duration, 5 * 60_000),
    compression: compressionField,
    concurrency: concurrencyField,
  }),
});
const splunkHecOptions = withTokenLogin(sendingSchema(fields), {
  key: 'token',
  scheme: 'Splunk',
  of: ({ token, token_file: file }) => ({ token, file }),
});
type SplunkHecOptions = Value<typeof splunkHecOptions>;

/** Splunk's HTTP Event Collector, and all else that takes its events. */
export const splunkHec: ClientKind<SplunkHecOptions> = {
  type: 'splunk_hec',
  schema: splunkHecOptions,
  build(options, deps) {
    const channel = randomUUID();
    const protocol = new CollectorProtocol(options, channel);
    if (!options.use_ack) return createClient(options, { protocol }, deps);
    const around = (pushes: Poster, log: Logger) => {
      const acks = new Transport(options, { ...deps, log, protocol: ackProtocol(protocol.url, channel) });
      return new AcknowledgedPoster({ pushes, acks, timeoutMs: options.ack_timeout });
    };
    return createClient(options, { protocol, around }, deps);
  },
};

class CollectorProtocol implements Protocol {
  readonly url: URL;
  readonly maxSending: number;
  readonly #options: SplunkHecOptions;
  readonly #channel: string;
  readonly #shape: EventShape;

  constructor(options: SplunkHecOptions, channel: string) {
    const { host, source, sourcetype, index, event_object: asObject } = options;
    this.#options = options;
    this.#channel = channel;
    this.url = collectorUrl(options.url.url);
    this.maxSending = options.concurrency;
    const texts = Object.entries({ host, source, sourcetype, index }).filter(([, text]) => text !== '');
    this.#shape = { texts: texts.map(([key, pattern]) => [key, parseEventText(pattern)]), asObject };
  }

  headers(): Record<string, string> {
    return {
      'Content-Type': 'application/json',
      ...packedHeaders(this.#options.compression),
      ...(this.#options.use_ack && channelHeader(this.#channel)),
    };
  }

  tenantOf(): string {
    return '';
  }

  encode(batch: Batch, runs: EntryRuns): Promise<Body> {
    return packBody(collectorEvents(batch, runs, this.#shape), this.#options.compression);
  }

  refusalReason(): undefined {
    return undefined;
  }

  read(answer: Answer): PushOutcome | undefined {
    const { use_ack: useAck, index } = this.#options;
    return readCollectorAnswer(answer, { useAck, isIndexFixed: isFixed(index) });
  }
}

/** The URL is that of the server, or of the collector itself. */
function collectorUrl(base: URL): URL {
  const url = new URL(base);
  if (url.pathname === '/') url.pathname = '/services/collector/event';
  return url;
}

function ackProtocol(collector: URL, channel: string) {
  const url = new URL(collector);
  url.pathname = `${url.pathname.replace(/\/(event|raw)(\/1\.0)?$/, '')}/ack`;
  url.searchParams.set('channel', channel);
  return {
    url,
    headers: () => ({ 'Content-Type': 'application/json', ...channelHeader(channel) }),
    refusalReason: () => undefined,
    read: readAcknowledgement,
  };
}

function channelHeader(channel: string): Record<string, string> {
  return { 'X-Splunk-Request-Channel': channel };
}
