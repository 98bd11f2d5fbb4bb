import { oneOf, text } from '../../fields/scalars.js';
import {
  checked,
  converted,
  optional,
  required,
  struct,
  unsupported,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import { secret } from '../../fields/secret.js';
import type { Batch } from '../batch.js';
import type { ClientKind } from '../client-kind.js';
import { concurrencyField, endpoint, sendingFields, sendingSchema } from '../client-options.js';
import { createClient } from '../create-client.js';
import type { EntryRuns } from '../entry-runs.js';
import { compressionField, packBody, packedHeaders } from '../pack-body.js';
import type { Answer, Body, Protocol } from '../protocol.js';
import type { PushOutcome } from '../push-outcome.js';
import { withTokenLogin } from '../token-login.js';
import { readBulkAnswer } from './bulk-answer.js';
import { bulkRequest, type DocumentShape } from './bulk-request.js';
import { parseIndexPattern } from './index-pattern.js';

const ownFields = ['@timestamp', 'message', 'labels', 'metadata'];

const fields = struct({
  type: required(oneOf('elasticsearch')),
  ...sendingFields(required(endpoint), {
    tenant_id: unsupported('Elasticsearch has no tenants; write to an index of its own instead'),
    index: required(
      converted(
        text,
        (name) => ({ name, indexAt: parseIndexPattern(name) }),
        ({ name }) => name,
      ),
    ),
    event_field: withDefault(
      checked(text, (name) =>
        ownFields.includes(name) ? `${name} is a field of every document` : undefined,
      ),
      '',
    ),
    pipeline: withDefault(text, ''),
    api_key: optional(
      checked(secret, (key) =>
        key.reveal().includes(':') ? 'expected an API key as it is encoded, which has no colon' : undefined,
      ),
    ),
    api_key_file: optional(text),
    compression: compressionField,
    concurrency: concurrencyField,
  }),
});
const elasticsearchOptions = withTokenLogin(sendingSchema(fields), {
  key: 'api_key',
  scheme: 'ApiKey',
  of: ({ api_key: token, api_key_file: file }) => ({ token, file }),
});
type ElasticsearchOptions = Value<typeof elasticsearchOptions>;

/** Elasticsearch, OpenSearch, and all else that has their bulk API. */
export const elasticsearch: ClientKind<ElasticsearchOptions> = {
  type: 'elasticsearch',
  schema: elasticsearchOptions,
  build: (options, deps) => createClient(options, { protocol: new BulkProtocol(options) }, deps),
};

class BulkProtocol implements Protocol {
  readonly url: URL;
  readonly maxSending: number;
  readonly #options: ElasticsearchOptions;
  readonly #shape: DocumentShape;

  constructor(options: ElasticsearchOptions) {
    this.#options = options;
    this.url = bulkUrl(options.url.url, options.pipeline);
    this.maxSending = options.concurrency;
    this.#shape = { indexAt: options.index.indexAt, eventField: options.event_field };
  }

  headers(): Record<string, string> {
    return { 'Content-Type': 'application/x-ndjson', ...packedHeaders(this.#options.compression) };
  }

  tenantOf(): string {
    return '';
  }

  encode(batch: Batch, runs: EntryRuns): Promise<Body> {
    return packBody(bulkRequest(batch, runs, this.#shape), this.#options.compression);
  }

  refusalReason(): undefined {
    return undefined;
  }

  read(answer: Answer): PushOutcome | undefined {
    return readBulkAnswer(answer);
  }
}

/** The URL is that of the cluster, or of the bulk API itself. */
function bulkUrl(base: URL, pipeline: string): URL {
  const url = new URL(base);
  if (!url.pathname.endsWith('/_bulk')) url.pathname = `${url.pathname.replace(/\/$/, '')}/_bulk`;
  // Nothing else of a long answer is looked at.
  url.searchParams.set('filter_path', 'errors,items.*.status,items.*.error.type,items.*.error.reason');
  if (pipeline !== '') url.searchParams.set('pipeline', pipeline);
  return url;
}
