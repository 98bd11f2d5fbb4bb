import { bool, duration, int, maskPassword, text } from '../fields/scalars.js';
import {
  block,
  checked,
  converted,
  type Field,
  mapOf,
  optional,
  printValue,
  required,
  type Schema,
  struct,
  type Value,
  withDefault,
} from '../fields/schema.js';
import {
  checkHeaderName,
  checkHttp,
  headerValue,
  httpFields,
  withBearerAsAuthorization,
} from '../http/http-options.js';

/** Where pushes go. `host` is as it is written, with a port that others would leave out: metrics are labelled with it. */
export interface Endpoint {
  readonly url: URL;
  readonly host: string;
}

/** Throws an Error for anything but an http or https URL. */
export function endpointOf(written: string): Endpoint {
  const parsed = URL.parse(written);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new Error(
      `expected a URL such as http://loki:3100/loki/api/v1/push, not ${JSON.stringify(written)}`,
    );
  }
  const host = /^[^:]+:\/\/(?:[^/?#]*@)?([^/?#]+)/.exec(written)?.[1];
  return { url: parsed, host: host ?? parsed.host };
}

const endpoint: Schema<Endpoint> = converted(text, endpointOf, ({ url: value }) => maskPassword(value));

/** What the deprecated `-client.*` flags set, which is what `client:` starts from when they name a URL. */
export interface ClientDefaults {
  readonly url?: Endpoint;
  readonly batchwait: number;
  readonly batchsize: number;
  readonly timeout: number;
  readonly tenantId: string;
  readonly externalLabels: ReadonlyMap<string, string>;
  readonly minPeriod: number;
  readonly maxPeriod: number;
  /** Undefined: not said. Then nothing is ever given up. */
  readonly maxRetries: number | undefined;
  readonly dropRateLimitedBatches: boolean;
}

export const clientDefaults: ClientDefaults = {
  batchwait: 1000,
  batchsize: 1024 * 1024,
  timeout: 10_000,
  tenantId: '',
  externalLabels: new Map(),
  minPeriod: 500,
  maxPeriod: 5 * 60_000,
  maxRetries: undefined,
  dropRateLimitedBatches: false,
};

/** One item of `clients:`, in the order in which it is printed. */
export const clientOptions = clientOptionsFrom(clientDefaults);
export type ClientOptions = Value<typeof clientOptions>;

/** The same with other defaults. */
export function clientOptionsFrom(defaults: ClientDefaults) {
  const fields = struct({
    name: optional(text),
    url: defaults.url === undefined ? required(endpoint) : withDefault(endpoint, defaults.url),
    batchwait: withDefault(duration, defaults.batchwait),
    batchsize: withDefault(int, defaults.batchsize),
    ...httpFields,
    headers: optional(mapOf(headerValue, checkHeaderName)),
    backoff_config: block(
      struct({
        min_period: withDefault(duration, defaults.minPeriod),
        max_period: withDefault(duration, defaults.maxPeriod),
        max_retries: retries(defaults.maxRetries),
      }),
    ),
    external_labels: withDefault(mapOf(text), new Map(defaults.externalLabels)),
    timeout: withDefault(duration, defaults.timeout),
    tenant_id: withDefault(text, defaults.tenantId),
    drop_rate_limited_batches: withDefault(bool, defaults.dropRateLimitedBatches),
    /** Our own: a directory for what Loki refuses for good. */
    dead_letter: optional(text),
  });
  return converted(checked(fields, checkHttp), withBearerAsAuthorization, (value) =>
    printValue(fields, value),
  );
}

function retries(absent: number | undefined): Field<number | undefined> {
  return absent === undefined ? optional(int) : withDefault<number | undefined>(optional(int), absent);
}
