import type { FlagRow } from './flag.js';

/** Flags for the single `client` block; deprecated with it. */
// biome-ignore format: one flag a line
export const clientFlags: readonly FlagRow[] = [
  ['client.url', 'value', '', 'client.url', 'Where to push to, path included (deprecated).'],
  ['client.batch-wait', 'duration', '1s', 'client.batchwait', 'How old a batch may get before it is sent (deprecated).'],
  ['client.batch-size-bytes', 'int', '1048576', 'client.batchsize', 'How big a batch may get before it is sent (deprecated).'],
  ['client.min-backoff', 'duration', '500ms', 'client.backoff_config.min_period', 'The first wait before a push is tried again (deprecated).'],
  ['client.max-backoff', 'duration', '5m0s', 'client.backoff_config.max_period', 'The longest wait before a push is tried again (deprecated).'],
  ['client.max-retries', 'int', '', 'client.backoff_config.max_retries', 'How often a push is tried before it is given up; for ever when 0 or not given (deprecated).'],
  ['client.timeout', 'duration', '10s', 'client.timeout', 'How long a push may take (deprecated).'],
  ['client.tenant-id', 'string', '', 'client.tenant_id', 'The tenant to push for (deprecated).'],
  ['client.external-labels', 'labels', '', 'client.external_labels', 'Labels for every entry of every client, as in a=1,b=2 (deprecated).'],
  ['client.drop-rate-limited-batches', 'switch', '', 'client.drop_rate_limited_batches', 'Drop batches that Loki refuses for their rate, without trying again (deprecated).'],
];
