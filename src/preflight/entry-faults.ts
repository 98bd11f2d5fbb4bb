import type { Labels } from '../entry/labels.js';
import { textByteLength } from '../entry/text.js';
import type { LokiLimits } from './loki-limits.js';

/** Why Loki refuses an entry for good, by the reasons it counts them under itself. */
export type RefusalReason =
  | 'line_too_long'
  | 'missing_labels'
  | 'max_label_names_per_series'
  | 'label_name_too_long'
  | 'label_value_too_long'
  | 'structured_metadata_too_large'
  | 'structured_metadata_too_many'
  | 'greater_than_max_sample_age'
  | 'too_far_in_future'
  | 'too_far_behind';

/** What is wrong with the labels of a stream, all of whose entries are refused then. */
export function streamFault({ names, values }: Labels, limits: LokiLimits): RefusalReason | undefined {
  // Loki leaves empty ones out.
  const present = names.filter((name, index) => values[index] !== '' && name !== '__tenant_id__');
  if (present.length === 0) return 'missing_labels';
  if (isOver(present.length, limits.max_label_names_per_series)) return 'max_label_names_per_series';
  if (names.some((name) => isOver(textByteLength(name), limits.max_label_name_length)))
    return 'label_name_too_long';
  if (values.some((value) => isOver(textByteLength(value), limits.max_label_value_length)))
    return 'label_value_too_long';
  return undefined;
}

/** What is wrong with the size of an entry. */
export function sizeFault(
  lineBytes: number,
  metadataPairs: number,
  metadataBytes: number,
  limits: LokiLimits,
): RefusalReason | undefined {
  if (isOver(lineBytes, limits.max_line_size)) return 'line_too_long';
  if (isOver(metadataBytes, limits.max_structured_metadata_size)) return 'structured_metadata_too_large';
  if (isOver(metadataPairs, limits.max_structured_metadata_entries_count))
    return 'structured_metadata_too_many';
  return undefined;
}

/** What is wrong with its time, given the moment of judgement and the newest entry of its stream. */
export function timeFault(
  atMs: number,
  nowMs: number,
  newestMs: number,
  limits: LokiLimits,
): RefusalReason | undefined {
  if (isOver(nowMs - atMs, limits.reject_old_samples_max_age)) return 'greater_than_max_sample_age';
  if (isOver(atMs - nowMs, limits.creation_grace_period)) return 'too_far_in_future';
  if (isOver(newestMs - atMs, limits.out_of_order_window)) return 'too_far_behind';
  return undefined;
}

function isOver(value: number, limit: number): boolean {
  return limit > 0 && value > limit;
}
