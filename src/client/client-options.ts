import { labelName } from '../fields/label-name.js';
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

export const endpoint: Schema<Endpoint> = converted(text, endpointOf, ({ url: value }) =>
  maskPassword(value),
);

/** Not shown when there are none. */
const externalLabels: Field<Map<string, string>> = {
  ...withDefault(mapOf(text, labelName), new Map()),
  print: (labels) => (labels.size === 0 ? undefined : Object.fromEntries(labels)),
};

/** One item of `clients:`, in the order in which it is printed. */
export const clientOptions = clientOptionsWith(required(endpoint));
export type ClientOptions = Value<typeof clientOptions>;

/** The same with another say about the URL: the old `client` block may be without. */
export function clientOptionsWith(url: Field<Endpoint>) {
  const fields = struct({
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
    tenant_id: withDefault(text, ''),
    drop_rate_limited_batches: withDefault(bool, false),
    /** Our own: a directory for what is given up. */
    dead_letter: optional(text),
  });

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
