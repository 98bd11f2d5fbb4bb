/**
 * A receiver that costs next to nothing, as a process of its own: it takes every push, adds up what it says to hold and throws it
 * away. `GET /stats` tells what came, and when.
 */
import { createServer } from 'node:http';

let requests = 0;
let bytes = 0;
let uncompressedBytes = 0;
let firstAtMs = 0;
let lastAtMs = 0;

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.end(JSON.stringify({ requests, bytes, uncompressedBytes, firstAtMs, lastAtMs }));
    return;
  }
  let isFirst = true;
  request.on('data', (chunk: Buffer) => {
    if (isFirst) uncompressedBytes += snappyLength(chunk);
    isFirst = false;
    bytes += chunk.length;
  });
  request.on('end', () => {
    requests += 1;
    lastAtMs = Date.now();
    firstAtMs ||= lastAtMs;
    response.writeHead(204).end();
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => process.stdout.write('ready\n'));

/** A snappy block begins with the length of what it holds, as a varint. */
function snappyLength(chunk: Buffer): number {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    length += (chunk[i]! & 0x7f) * 2 ** (7 * i);
    if (chunk[i]! < 0x80) break;
  }
  return length;
}
