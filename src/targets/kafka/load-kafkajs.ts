import { zstdDecompressSync } from 'node:zlib';
import type * as KafkaJs from 'kafkajs';
import type { RequestQueue } from 'kafkajs/src/network/requestQueue/index.js';
import { uncompress } from 'snappyjs';
import { unpackLz4 } from './lz4-frame.js';

export type KafkaLibrary = Pick<typeof KafkaJs, 'Kafka' | 'AssignerProtocol'>;

/** The library, which costs time and memory that only those who use it shall pay, with what it lacks. */
export async function loadKafkaJs(): Promise<KafkaLibrary> {
  const kafka = await import('kafkajs');
  const { CompressionTypes, CompressionCodecs } = kafka.default;
  CompressionCodecs[CompressionTypes.Snappy] = () => unpacker(unpackSnappy);
  CompressionCodecs[CompressionTypes.LZ4] = () => unpacker(unpackLz4);
  CompressionCodecs[CompressionTypes.ZSTD] = () => unpacker(zstdDecompressSync);
  const queue = await import('kafkajs/src/network/requestQueue/index.js');
  queue.default.prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
  return kafka.default;
}

function unpacker(unpack: (packed: Buffer) => Buffer) {
  return {
    compress: () => Promise.reject(new Error('nothing is sent to Kafka')),
    decompress: async (packed: Buffer) => unpack(packed),
  };
}

/** Java's clients cut what they pack into blocks of their own, others do not. */
const xerialMagic = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const xerialHeaderLength = 16;

function unpackSnappy(packed: Buffer): Buffer {
  if (!packed.subarray(0, xerialMagic.length).equals(xerialMagic)) return uncompress(packed);
  const blocks: Buffer[] = [];
  for (let at = xerialHeaderLength; at < packed.length; ) {
    const start = at + 4;
    at = start + packed.readUInt32BE(at);
    blocks.push(uncompress(packed.subarray(start, at)));
  }
  return Buffer.concat(blocks);
}

const pendingCheckMs = 10;

/**
 * kafkajs 2.2.4 looks after its queue every millisecond even when nothing is in it, which takes 5 % of a CPU, and tells Node to wait for less than
 * nothing. This waits only for a request that is to be sent, or for the end of a broker's throttling.
 */
function scheduleCheckPendingRequests(this: RequestQueue): void {
  const throttledMs = this.throttledUntil - Date.now();
  const isIdle = this.pending.length === 0 && throttledMs <= 0;
  if (isIdle || this.throttleCheckTimeoutId) return;
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : pendingCheckMs,
  );
}
