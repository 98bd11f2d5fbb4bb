import type { Labels } from '../entry/labels.js';
import { oneOf, text } from '../fields/scalars.js';
import { type Field, required, struct, type Value, withDefault } from '../fields/schema.js';
import type { Batch } from './batch.js';
import { ByteBuffer } from './byte-buffer.js';
import type { ClientKind } from './client-kind.js';
import { type Endpoint, endpoint, sendingFields, sendingSchema } from './client-options.js';
import { createClient } from './create-client.js';
import { Destinations } from './destination.js';
import { encodePush } from './encode-push.js';
import type { EntryRuns } from './entry-runs.js';
import { MemoryPool } from './memory-pool.js';
import type { Body, Protocol } from './protocol.js';
import { rateLimit, refusalReason } from './refusal.js';
import { headerText } from './request-headers.js';
import { Snappy } from './snappy.js';

export const lokiOptions = lokiOptionsWith(required(endpoint));
export type LokiOptions = Value<typeof lokiOptions>;

/** What a client is when it has no `type`: it pushes to Loki. */
export const loki: ClientKind<LokiOptions> = {
  type: 'loki',
  schema: lokiOptions,
  async build(options, deps) {
    return createClient(options, { protocol: new LokiProtocol(options) }, deps);
  },
};

/** The same with another say about the URL: the old `client` block may be without. */
export function lokiOptionsWith(url: Field<Endpoint>) {
  /** Not shown, as Promtail has no such key. */
  const type = { ...withDefault(oneOf('loki'), 'loki'), print: () => undefined };
  return sendingSchema(struct({ type, ...sendingFields(url, { tenant_id: withDefault(text, '') }) }));
}

/** Where entries go in the end, as a client with these options sends them. */
export function lokiDestinations(options: LokiOptions): Destinations {
  return new Destinations(options.external_labels, (labels) => tenantOf(labels, options));
}

function tenantOf(labels: Labels, { tenant_id }: LokiOptions): string {
  return labels.tenant ?? tenant_id;
}

/** How a push to Loki looks. */
export class LokiProtocol implements Protocol {
  readonly refusalReason = refusalReason;
  readonly rateLimit = rateLimit;
  /** Within a stream, Loki may refuse what comes late. */
  readonly maxSending = 1;
  readonly #options: LokiOptions;
  /** Push requests are put together in its input, to be packed at once. */
  readonly #snappy = new Snappy();
  /** What bodies are packed into, to be used again when they have been answered. */
  readonly #bodies: MemoryPool<ByteBuffer>;

  constructor(options: LokiOptions) {
    this.#options = options;
    this.#bodies = new MemoryPool(() => ByteBuffer.ofCapacity(), 2 * options.batchsize);
  }

  get url(): URL {
    return this.#options.url.url;
  }

  headers(tenant: string): Record<string, string> {
    return {
      'Content-Type': 'application/x-protobuf',
      ...(tenant !== '' && { 'X-Scope-OrgID': headerText(tenant) }),
    };
  }

  tenantOf(labels: Labels): string {
    return tenantOf(labels, this.#options);
  }

  encode(batch: Batch, runs: EntryRuns): Body {
    encodePush(batch, runs, this.#snappy.input);
    const packed = this.#bodies.take();
    this.#snappy.pack(packed);
    return { bytes: packed.view(), release: () => this.#bodies.give(packed) };
  }
}
