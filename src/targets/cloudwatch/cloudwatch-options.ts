import { duration, text } from '../../fields/scalars.js';
import { checked, converted, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { secret } from '../../fields/secret.js';
import { formatGoDuration, parseGoDuration } from '../../go/duration.js';
import { targetLabels } from '../target-labels.js';

/** Where a job begins that has no position yet: so many milliseconds ago, or at a time. */
export type StartFrom = { readonly agoMs: number } | { readonly atMs: number };

const startFrom = converted(text, readStart, (start) =>
  'agoMs' in start ? formatGoDuration(start.agoMs) : new Date(start.atMs).toISOString(),
);

const endpoint = converted(
  text,
  (written) => {
    if (written === '') return undefined;
    const url = URL.parse(written);
    if (url === null || !/^https?:$/.test(url.protocol))
      throw new Error(`expected a URL, not ${JSON.stringify(written)}`);
    return url;
  },
  (url) => url?.href ?? '',
);

export const cloudwatchOptions = checked(
  struct({
    log_group: withDefault(text, ''),
    log_stream_prefix: withDefault(text, ''),
    filter_pattern: withDefault(text, ''),
    region: withDefault(text, ''),
    endpoint: withDefault(endpoint, undefined),
    access_key: withDefault(text, ''),
    secret_key: optional(secret),
    profile: withDefault(text, ''),
    role_arn: withDefault(text, ''),
    external_id: withDefault(text, ''),
    poll_interval: withDefault(duration, 15_000),
    overlap: withDefault(duration, 2 * 60_000),
    start_from: withDefault(startFrom, { agoMs: 0 }),
    labels: targetLabels,
  }),
  ({ log_group, access_key, secret_key, profile, role_arn, external_id, poll_interval, overlap }) => {
    if (log_group === '') return 'log_group is required';
    if ((access_key === '') !== ((secret_key?.reveal() ?? '') === ''))
      return 'access_key and secret_key go together: either both or neither';
    if (access_key !== '' && profile !== '')
      return 'at most one of access_key and profile must be configured';
    if (external_id !== '' && role_arn === '') return 'external_id is for role_arn, which is not there';
    if (poll_interval <= 0) return 'poll_interval must be more than 0';
    return overlap < 0 ? 'overlap cannot be negative' : undefined;
  },
);
export type CloudwatchOptions = Value<typeof cloudwatchOptions>;

function readStart(written: string): StartFrom {
  if (/^\d{4}-\d\d-\d\dT.*(Z|[-+]\d\d:\d\d)$/.test(written) && !Number.isNaN(Date.parse(written)))
    return { atMs: Date.parse(written) };
  try {
    return { agoMs: parseGoDuration(written) };
  } catch {
    throw new Error(
      `expected a time such as 2025-01-02T03:04:05Z, or how long ago, such as 24h; not ${JSON.stringify(written)}`,
    );
  }
}
