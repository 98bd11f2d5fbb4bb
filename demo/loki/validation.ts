import type { LokiLimits } from './limits.js';
import type { PushedEntry } from './push-request.js';
import type { LabelPairs } from './stream-labels.js';

/** Why Loki refuses a stream, in its own words; `undefined` when it does not. */
export function streamFault(stream: string, pairs: LabelPairs, limits: LokiLimits): string | undefined {
  if (pairs.length === 0) return 'error at least one label pair is required per stream';
  // Loki's own service_name does not count.
  const count = pairs.filter(([name]) => name !== 'service_name').length;
  if (isOver(count, limits.maxLabelNames)) {
    return `entry for stream '${stream}' has ${count} label names; limit ${limits.maxLabelNames}`;
  }
  let last = '';
  for (const [name, value] of pairs) {
    if (isOver(Buffer.byteLength(name), limits.maxLabelNameLength)) {
      return `stream '${stream}' has label name too long: '${name}'`;
    }
    if (isOver(Buffer.byteLength(value), limits.maxLabelValueLength)) {
      return `stream '${stream}' has label value too long: '${value}'`;
    }
    if (name === last) return `stream '${stream}' has duplicate label name: '${name}'`;
    last = name;
  }
  return undefined;
}

/** Why Loki refuses one entry, before it looks at the stream's other entries. */
export function entryFault(
  stream: string,
  entry: PushedEntry,
  limits: LokiLimits,
  nowMs: number,
): string | undefined {
  const timeMs = entry.seconds * 1000 + entry.nanos / 1e6;
  if (limits.maxAgeMs > 0 && timeMs < nowMs - limits.maxAgeMs) {
    const oldest = rfc3339((nowMs - limits.maxAgeMs) / 1000);
    return `entry for stream '${stream}' has timestamp too old: ${rfc3339(entry.seconds)}, oldest acceptable timestamp is: ${oldest}`;
  }
  if (limits.creationGraceMs > 0 && timeMs > nowMs + limits.creationGraceMs) {
    return `entry for stream '${stream}' has timestamp too new: ${rfc3339(entry.seconds)}`;
  }
  if (isOver(entry.line.length, limits.maxLineSize)) {
    return `max entry size '${limits.maxLineSize}' bytes exceeded for stream '${stream}' while adding an entry with length '${entry.line.length}' bytes`;
  }
  const metadataSize = sizeOfMetadata(entry);
  if (isOver(metadataSize, limits.maxMetadataSize)) {
    return `stream '${stream}' has structured metadata too large: '${metadataSize}' bytes, limit: '${limits.maxMetadataSize}' bytes. Please see \`limits_config.max_structured_metadata_size\` or contact your Loki administrator to increase it`;
  }
  const metadataCount = Object.keys(entry.metadata).length;
  if (isOver(metadataCount, limits.maxMetadataCount)) {
    return `stream '${stream}' has too many structured metadata labels: '${metadataCount}', limit: '${limits.maxMetadataCount}'. Please see \`limits_config.max_structured_metadata_entries_count\` or contact your Loki administrator to increase it`;
  }
  return undefined;
}

/** Several faults as the one text Loki answers: the same ones counted, different ones side by side. */
export function groupFaults(faults: string[]): string {
  const counts = new Map<string, number>();
  for (const fault of faults) counts.set(fault, (counts.get(fault) ?? 0) + 1);
  if (faults.length === 1) return faults[0]!;
  return [...counts].map(([fault, count]) => `${count} errors like: ${fault}`).join('; ');
}

/** What an entry counts for against rates: its line and its metadata. */
export function entrySize(entry: PushedEntry): number {
  return entry.line.length + sizeOfMetadata(entry);
}

/** A time as Go writes it in Loki's texts: whole seconds. */
export function rfc3339(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}

function sizeOfMetadata({ metadata }: PushedEntry): number {
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return size;
}

function isOver(value: number, limit: number): boolean {
  return limit > 0 && value > limit;
}
