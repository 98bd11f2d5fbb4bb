import type { Buffer } from 'node:buffer';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, inflateRaw } from 'node:zlib';
import { BadRequestError } from '../push-target.js';
import { JsonPushError, readJsonPush } from './json-push.js';
import { ProtobufError, readProtobufPush } from './protobuf-push.js';
import type { PushedStream } from './pushed-stream.js';
import { unpackSnappy } from './unpack-snappy.js';

/** Reads the body of a push as its headers say. `maxBytes` is for what it unpacks to. Throws a BadRequestError. */
export async function readPush(
  body: Buffer,
  headers: IncomingHttpHeaders,
  maxBytes: number,
): Promise<PushedStream[]> {
  const type = /^\s*([^;\s]+)/.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (type === undefined) throw new BadRequestError('mime: no media type');
  const unpacked = await unpack(body, headers['content-encoding'] ?? '', maxBytes);
  try {
    if (type === 'application/json') return readJsonPush(unpacked);
    const message = unpackSnappy(unpacked, maxBytes);
    if (message === undefined) throw new BadRequestError('snappy: corrupt input, or too large');
    return readProtobufPush(message);
  } catch (error) {
    if (error instanceof JsonPushError || error instanceof ProtobufError)
      throw new BadRequestError(error.message);
    throw error;
  }
}

/** `snappy` needs nothing here: protobuf messages always are. */
async function unpack(body: Buffer, encoding: string, maxOutputLength: number): Promise<Buffer> {
  try {
    if (encoding === 'gzip') return await promisify(gunzip)(body, { maxOutputLength });
    // What Go calls flate, without zlib's header.
    if (encoding === 'deflate') return await promisify(inflateRaw)(body, { maxOutputLength });
  } catch (error) {
    throw new BadRequestError(`cannot unpack the body: ${(error as Error).message}`);
  }
  if (encoding !== '' && encoding !== 'snappy')
    throw new BadRequestError(`Content-Encoding "${encoding}" not supported`);
  return body;
}
