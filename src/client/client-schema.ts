import { labelName } from '../fields/label-name.js';
import { bool, duration, int, text, url } from '../fields/scalars.js';
import { block, mapOf, optional, struct, type Value, withDefault } from '../fields/schema.js';

export const clientSchema = struct({
  name: withDefault(text, ''),
  url: optional(url),
  batchwait: withDefault(duration, 1000),
  batchsize: withDefault(int, 1 << 20),
  follow_redirects: withDefault(bool, true),
  enable_http2: withDefault(bool, true),
  headers: withDefault(mapOf(text), new Map<string, string>()),
  backoff_config: block(
    struct({
      min_period: withDefault(duration, 500),
      max_period: withDefault(duration, 300_000),
      max_retries: withDefault(int, 10),
    }),
  ),
  external_labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
  timeout: withDefault(duration, 10_000),
  tenant_id: withDefault(text, ''),
  drop_rate_limited_batches: withDefault(bool, false),
});
export type ClientConfig = Value<typeof clientSchema>;
