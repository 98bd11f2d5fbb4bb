import { labelName } from '../fields/label-name.js';
import { bool, duration, int, maskPassword, text } from '../fields/scalars.js';
import {
  block,
  checked,
  converted,
  type Decoded,
  type Field,
  type Fields,
  mapOf,
  optional,
  printValue,
  type Schema,
  struct,
  withDefault,
} from '../fields/schema.js';
import {
  checkHeaderName,
  checkHttp,
  type HttpOptions,
  headerValue,
  httpFields,
  withBearerAsAuthorization,
} from '../http/http-options.js';

/** Where pushes go. `host` is as it is written, with a port that others would leave out: metrics are labelled with it. */
export interface Endpoint {
  readonly url: URL;
  readonly host: string;
}

export const endpoint: Schema<Endpoint> = converted(text, endpointOf, ({ url: value }) =>
  maskPassword(value),
);

/** Not shown when there are none. */
const externalLabels: Field<Map<string, string>> = {
  ...withDefault(mapOf(text, labelName), new Map()),
  print: (labels) => (labels.size === 0 ? undefined : Object.fromEntries(labels)),
};

/** How many pushes may be on their way, where their order does not count. */
export const concurrencyField = withDefault(
  checked(int, (count) => (count > 0 ? undefined : 'expected at least 1')),
  4,
);

/** The keys of every client that sends something, in the order in which they are printed, `own` ones of its kind among them. */
export function sendingFields<Own extends Fields>(url: Field<Endpoint>, own: Own) {
  return {
    name: optional(text),
    url,
    batchwait: withDefault(duration, 1000),
    batchsize: withDefault(int, 1024 * 1024),
    ...httpFields,
    headers: optional(mapOf(headerValue, checkHeaderName)),
    backoff_config: block(
      struct({
        min_period: withDefault(duration, 500),
        max_period: withDefault(duration, 5 * 60_000),
        /** Promtail's default is 10. Here nothing is given up unless this says so. */
        max_retries: optional(int),
      }),
    ),
    external_labels: externalLabels,
    timeout: withDefault(duration, 10_000),
    ...own,
    drop_rate_limited_batches: withDefault(bool, false),
    /** Our own: a directory for what is given up. */
    dead_letter: optional(text),
  };
}
export type SendingOptions = Decoded<ReturnType<typeof sendingFields<Record<never, never>>>>;

/** The rules over the HTTP keys, and one way to write a bearer token. */
export function sendingSchema<O extends HttpOptions>(fields: Schema<O>): Schema<O> {
  return converted(checked(fields, checkHttp), withBearerAsAuthorization, (options) =>
    printValue(fields, options),
  );
}

/** Throws an Error for anything but an http or https URL. */
function endpointOf(written: string): Endpoint {
  const parsed = URL.parse(written);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new Error(
      `expected a URL such as http://loki:3100/loki/api/v1/push, not ${JSON.stringify(written)}`,
    );
  }
  const host = /^[^:]+:\/\/(?:[^/?#]*@)?([^/?#]+)/.exec(written)?.[1];
  return { url: parsed, host: host ?? parsed.host };
}
