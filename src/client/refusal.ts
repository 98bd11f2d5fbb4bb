import { parseByteSize } from '../fields/byte-size.js';
import type { Failure } from './push-outcome.js';

/** Statuses that say something about the entries of a push, and not about the push, its address or who sends it. */
export function isAboutEntries({ status }: Failure): boolean {
  return status === 400 || status === 422;
}

/** Loki answers 400 where the push is too large only when unpacked. */
export function isTooLarge({ status, reason }: Failure): boolean {
  return status === 413 || reason === tooLarge;
}

export const tooLarge = 'request_body_too_large';

/**
 * What a refusal by Loki is about, by the words of its answer: the reason that Loki itself counts such entries under.
 * Undefined when the words are none of Loki's about entries.
 */
export function refusalReason(answer: string): string | undefined {
  for (const [pattern, reason] of reasons) if (pattern.test(answer)) return reason;
  return undefined;
}

/** The limit of which Loki says that it is exceeded, in bytes a second: that of the tenant, or that of a stream. */
export function rateLimit(answer: string): number | undefined {
  const [, size, unit] = /\(limit: (\d+)( bytes|[KMGTPE]?B)\/sec\)/.exec(answer) ?? [];
  if (size === undefined || Number(size) === 0) return undefined;
  return parseByteSize(unit === ' bytes' ? size : size + unit);
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/message size too large/, tooLarge],
  [/timestamp too old/, 'greater_than_max_sample_age'],
  [/timestamp too new/, 'too_far_in_future'],
  [/too far behind/, 'too_far_behind'],
  [/out of order/, 'out_of_order'],
  [/max entry size|max line size|line too long/i, 'line_too_long'],
  [/label names; limit/, 'max_label_names_per_series'],
  [/label name too long/, 'label_name_too_long'],
  [/label value too long/, 'label_value_too_long'],
  [/duplicate label name/, 'duplicate_label_names'],
  [/error parsing labels/, 'invalid_labels'],
  [/at least one label pair/, 'missing_labels'],
  [/missing required labels/, 'missing_enforced_labels'],
  [/structured metadata too large/, 'structured_metadata_too_large'],
  [/too many structured metadata/, 'structured_metadata_too_many'],
  [/includes structured metadata/, 'disallowed_structured_metadata'],
  [/active stream limit/, 'stream_limited'],
  [/\b(entry|entries|streams?|labels?|timestamps?)\b/i, 'ingester_error'],
];
