import { readByteSize } from '../fields/byte-size.js';
import { parsePrometheusDuration } from '../go/duration.js';

/** Limits that a Loki holds against what is pushed. Sizes in bytes, times in milliseconds, rates in bytes a second; 0 is no limit. */
export interface LokiLimits {
  readonly max_line_size: number;
  readonly max_label_names_per_series: number;
  readonly max_label_name_length: number;
  readonly max_label_value_length: number;
  readonly max_structured_metadata_size: number;
  readonly max_structured_metadata_entries_count: number;
  readonly max_global_streams_per_user: number;
  readonly ingestion_rate: number;
  readonly ingestion_burst_size: number;
  readonly per_stream_rate_limit: number;
  readonly per_stream_rate_limit_burst: number;
  readonly reject_old_samples_max_age: number;
  readonly creation_grace_period: number;
  /** Half of the ingester's max_chunk_age: how far an entry may be behind the newest of its stream. */
  readonly out_of_order_window: number;
}

export type LimitName = keyof LokiLimits;

const mebibyte = 2 ** 20;
const hour = 3_600_000;

/** What a Loki 3 has out of the box. */
export const defaultLimits: LokiLimits = {
  max_line_size: 256 * 1024,
  max_label_names_per_series: 15,
  max_label_name_length: 1024,
  max_label_value_length: 2048,
  max_structured_metadata_size: 64 * 1024,
  max_structured_metadata_entries_count: 128,
  max_global_streams_per_user: 5000,
  ingestion_rate: 4 * mebibyte,
  ingestion_burst_size: 6 * mebibyte,
  per_stream_rate_limit: 3 * mebibyte,
  per_stream_rate_limit_burst: 15 * mebibyte,
  reject_old_samples_max_age: 168 * hour,
  creation_grace_period: hour / 6,
  out_of_order_window: hour,
};

type Kind = 'size' | 'count' | 'time';

const kinds: Readonly<Record<LimitName, Kind>> = {
  max_line_size: 'size',
  max_label_names_per_series: 'count',
  max_label_name_length: 'count',
  max_label_value_length: 'count',
  max_structured_metadata_size: 'size',
  max_structured_metadata_entries_count: 'count',
  max_global_streams_per_user: 'count',
  ingestion_rate: 'size',
  ingestion_burst_size: 'size',
  per_stream_rate_limit: 'size',
  per_stream_rate_limit_burst: 'size',
  reject_old_samples_max_age: 'time',
  creation_grace_period: 'time',
  out_of_order_window: 'time',
};

/** Reads `max_line_size=1MB,max_global_streams_per_user=20000`: the defaults with these in their place. Throws an Error. */
export function parseLimits(text: string): LokiLimits {
  const limits: Record<LimitName, number> = { ...defaultLimits };
  for (const item of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', value = ''] = item.split('=').map((part) => part.trim());
    if (!Object.hasOwn(kinds, name)) {
      throw new Error(`no limit ${JSON.stringify(name)}; there are ${Object.keys(kinds).join(', ')}`);
    }
    limits[name as LimitName] = readers[kinds[name as LimitName]](value);
  }
  return limits;
}

const readers: Readonly<Record<Kind, (text: string) => number>> = {
  size: readByteSize,
  time: parsePrometheusDuration,
  count(text) {
    if (!/^\d+$/.test(text)) throw new Error(`expected a whole number, not ${JSON.stringify(text)}`);
    return Number(text);
  },
};
