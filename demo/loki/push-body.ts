import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { decodeJson, decodeLegacyJson, decodeProtobuf, type PushedStream } from './push-request.js';
import type { PushAnswer } from './stored-stream.js';

/** A push body as streams, or how Loki answers one that it cannot read. */
export type DecodedPush = { streams: PushedStream[] } | { fault: PushAnswer };

/** Reads a push by its content type: JSON, else snappy protobuf. `maxBytes` binds both as sent and unpacked; 0 is no bound. */
export function decodePush(
  headers: IncomingHttpHeaders,
  path: string,
  body: Buffer,
  maxBytes: number,
): DecodedPush {
  if (maxBytes > 0 && body.length > maxBytes) {
    const message = `request body too large: message size too large than max (${body.length} vs ${maxBytes})`;
    return { fault: { status: 413, message } };
  }
  try {
    const type = headers['content-type']?.split(';')[0]?.trim();
    if (type === undefined) throw new Error('mime: no media type');
    const unpacked = unpack(headers['content-encoding'], body);
    if (type !== 'application/json') {
      return { streams: decodeProtobuf(unpacked, maxBytes || Number.POSITIVE_INFINITY) };
    }
    const text = unpacked.toString('utf8');
    return { streams: path === '/api/prom/push' ? decodeLegacyJson(text) : decodeJson(text) };
  } catch (cause) {
    return { fault: { status: 400, message: (cause as Error).message } };
  }
}

function unpack(encoding: string | undefined, body: Buffer): Buffer {
  switch (encoding) {
    case undefined:
    // The snappy that is always there; clients that say so do not mean a second one.
    case 'snappy':
      return body;
    case 'gzip':
      return gunzipSync(body);
    case 'deflate':
      return inflateRawSync(body);
    default:
      throw new Error(`Content-Encoding "${encoding}" not supported`);
  }
}
