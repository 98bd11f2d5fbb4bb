import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { uncompress } from 'snappyjs';
import { printLabels } from './stream-labels.js';

/** One stream of a push, as the agent sent it. */
export interface PushedStream {
  labels: string;
  entries: PushedEntry[];
}

/** One line of a push. */
export interface PushedEntry {
  seconds: number;
  nanos: number;
  line: Buffer;
  metadata: Record<string, string>;
}

const pushRequest = protobuf
  .parse(readFileSync(new URL('../../proto/push.proto', import.meta.url), 'utf8'))
  .root.lookupType('logproto.PushRequest');

/** Reads a push body: a snappy block holding protobuf. Throws on anything else. */
export function decodeProtobuf(body: Uint8Array, maxBytes: number): PushedStream[] {
  const size = uncompressedSize(body);
  if (size > maxBytes)
    throw new Error(`decompressed message size too large than max (${size} vs ${maxBytes})`);
  const message = pushRequest.decode(uncompress(body, maxBytes)) as unknown as WirePushRequest;
  return message.streams.map(({ labels, entries }) => ({ labels, entries: entries.map(fromWire) }));
}

/** A snappy block begins with the size of what is in it. */
function uncompressedSize(body: Uint8Array): number {
  return new protobuf.Reader(body).uint32();
}

/** Reads the JSON form of /loki/api/v1/push. */
export function decodeJson(body: string): PushedStream[] {
  const { streams } = JSON.parse(body) as JsonPushRequest;
  return streams.map(({ stream, values }) => ({
    labels: printLabels(stream),
    entries: values.map(([time, line, metadata = {}]) => ({
      ...fromNanoseconds(BigInt(time)),
      line: Buffer.from(line),
      metadata,
    })),
  }));
}

/** Reads the JSON form of the old /api/prom/push. */
export function decodeLegacyJson(body: string): PushedStream[] {
  const { streams } = JSON.parse(body) as LegacyPushRequest;
  return streams.map(({ labels, entries }) => ({
    labels,
    entries: entries.map(({ ts, line }) => ({ ...fromRfc3339(ts), line: Buffer.from(line), metadata: {} })),
  }));
}

/** Packs streams as an agent does; the inverse of decodeProtobuf but for the compression. */
export function encodeProtobuf(streams: PushedStream[]): Uint8Array {
  return pushRequest
    .encode({
      streams: streams.map(({ labels, entries }) => ({
        labels,
        entries: entries.map(({ seconds, nanos, line, metadata }) => ({
          timestamp: { seconds, nanos },
          line,
          structuredMetadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
        })),
      })),
    })
    .finish();
}

interface WirePushRequest {
  streams: { labels: string; entries: WireEntry[] }[];
}

interface WireEntry {
  timestamp: { seconds: number | { toNumber(): number }; nanos: number } | null;
  line: Uint8Array;
  structuredMetadata: { name: string; value: string }[];
}

interface JsonPushRequest {
  streams: {
    stream: Record<string, string>;
    values: [time: string, line: string, metadata?: Record<string, string>][];
  }[];
}

interface LegacyPushRequest {
  streams: { labels: string; entries: { ts: string; line: string }[] }[];
}

function fromWire({ timestamp, line, structuredMetadata }: WireEntry): PushedEntry {
  const seconds = timestamp?.seconds ?? 0;
  return {
    seconds: typeof seconds === 'number' ? seconds : seconds.toNumber(),
    nanos: timestamp?.nanos ?? 0,
    // An empty line is not on the wire, and then an array.
    line: line.length === 0 ? Buffer.alloc(0) : Buffer.from(line.buffer, line.byteOffset, line.byteLength),
    metadata: Object.fromEntries(structuredMetadata.map(({ name, value }) => [name, value])),
  };
}

function fromNanoseconds(nanoseconds: bigint): { seconds: number; nanos: number } {
  const nanos = ((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: Number((nanoseconds - nanos) / 1_000_000_000n), nanos: Number(nanos) };
}

function fromRfc3339(text: string): { seconds: number; nanos: number } {
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return {
    seconds: Math.floor(Date.parse(text.replace(/\.\d+/, '')) / 1000),
    nanos: Number(fraction.padEnd(9, '0').slice(0, 9)),
  };
}
