import { textByteLength, writeText } from '../entry/text.js';
import { varintLength, writeVarint } from '../entry/varint.js';
import type { Batch } from './batch.js';
import type { ByteBuffer } from './byte-buffer.js';
import type { EntryRuns } from './entry-runs.js';

/** `PushRequest.streams` and `Stream.labels`, both with their length in front. */
const streamTag = 0x0a;
const labelsTag = 0x0a;

/**
 * Writes a push request with these entries of a batch: stream by stream, entries in the order they came. What was in `to` is overwritten.
 * Streams stand in the order of their labels: lines of those that have much in common are packed together, to a push that is 5 % smaller, at no more CPU.
 */
export function encodePush(batch: Batch, runs: EntryRuns, to: ByteBuffer): void {
  const { firstRuns, nextRuns, sizes } = groupByStream(runs, batch.streams.length);
  to.clear();
  for (const stream of batch.streamsInOrder()) {
    if (sizes[stream] === 0) continue;
    writeStreamHead(to, batch.streams[stream]!.stream, sizes[stream]!);
    for (let run = firstRuns[stream]!; run >= 0; run = nextRuns[run]!) {
      to.length += batch.buffer.bytes.copy(to.bytes, to.length, runs.start(run), runs.end(run));
    }
  }
}

interface StreamChains {
  /** The first run of each stream; -1 for none. */
  firstRuns: Int32Array;
  /** The run of the same stream that follows each run; -1 for none. */
  nextRuns: Int32Array;
  /** How many bytes of entries each stream has. */
  sizes: Float64Array;
}

function groupByStream(runs: EntryRuns, streamCount: number): StreamChains {
  const firstRuns = new Int32Array(streamCount).fill(-1);
  const nextRuns = new Int32Array(runs.length);
  const sizes = new Float64Array(streamCount);
  for (let run = runs.length - 1; run >= 0; run--) {
    const stream = runs.stream(run);
    nextRuns[run] = firstRuns[stream]!;
    firstRuns[stream] = run;
    sizes[stream]! += runs.end(run) - runs.start(run);
  }
  return { firstRuns, nextRuns, sizes };
}

/** Writes all of a stream but its entries, and makes room for those. */
function writeStreamHead(to: ByteBuffer, labels: string, entriesSize: number): void {
  const labelsSize = textByteLength(labels);
  const size = 1 + varintLength(labelsSize) + labelsSize + entriesSize;
  to.reserve(maxFraming + size);
  const { bytes } = to;
  let at = to.length;
  bytes[at++] = streamTag;
  at = writeVarint(bytes, at, size);
  bytes[at++] = labelsTag;
  at = writeVarint(bytes, at, labelsSize);
  to.length = writeText(labels, bytes, at);
}

/** The tag and length in front of a stream. */
const maxFraming = 11;
