import type { Buffer } from 'node:buffer';
import { Line } from '../../entry/line.js';
import { Metadata } from '../../entry/metadata.js';
import { decodeText } from '../../entry/text.js';
import type { PushedEntry, PushedStream } from './pushed-stream.js';

/** The bytes are no message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** Reads a `PushRequest` (proto/push.proto). Lines refer to `bytes`. Throws a ProtobufError. */
export function readProtobufPush(bytes: Buffer): PushedStream[] {
  const streams: PushedStream[] = [];
  for (const { number, start, end } of fields(bytes, 0, bytes.length))
    if (number === 1) streams.push(readStream(bytes, start, end));
  return streams;
}

function readStream(bytes: Buffer, from: number, to: number): PushedStream {
  let labels = '';
  const entries: PushedEntry[] = [];
  for (const { number, start, end } of fields(bytes, from, to)) {
    if (number === 1) labels = decodeText(bytes, start, end);
    else if (number === 2) entries.push(readEntry(bytes, start, end));
  }
  return { labels, entries };
}

function readEntry(bytes: Buffer, from: number, to: number): PushedEntry {
  let seconds = 0;
  let nanos = 0;
  let line = Line.ofBytes(bytes, from, from);
  const metadata: [string, string][] = [];
  for (const field of fields(bytes, from, to)) {
    const { number, start, end } = field;
    if (number === 1) {
      for (const part of fields(bytes, start, end)) {
        if (part.number === 1) seconds = Number(BigInt.asIntN(64, part.value));
        else if (part.number === 2) nanos = Number(BigInt.asIntN(32, part.value));
      }
    } else if (number === 2) line = Line.ofBytes(bytes, start, end);
    else if (number === 3) metadata.push(readPair(bytes, start, end));
  }
  return { seconds, nanos, line, metadata: metadata.length === 0 ? undefined : Metadata.of(metadata) };
}

function readPair(bytes: Buffer, from: number, to: number): [string, string] {
  const pair: [string, string] = ['', ''];
  for (const { number, start, end } of fields(bytes, from, to))
    if (number === 1 || number === 2) pair[number - 1] = decodeText(bytes, start, end);
  return pair;
}

interface WireField {
  readonly number: number;
  /** Where its bytes are; none for a number. */
  readonly start: number;
  readonly end: number;
  readonly value: bigint;
}

/** The fields from `at` to `to`, in order; what is of no known type is refused, what is merely unknown is for the caller to skip. */
function* fields(bytes: Buffer, from: number, to: number): Iterable<WireField> {
  let at = from;
  while (at < to) {
    const tag = varint(bytes, at, to);
    at = tag.end;
    const number = Number(tag.value >> 3n);
    const type = Number(tag.value & 7n);
    let start = at;
    let end = at;
    let value = 0n;
    if (type === 0) ({ value, end } = varint(bytes, at, to));
    else if (type === 1) end = at + 8;
    else if (type === 5) end = at + 4;
    else if (type === 2) {
      const length = varint(bytes, at, to);
      start = length.end;
      end = start + Number(length.value);
    } else throw new ProtobufError(`wire type ${type} in field ${number}`);
    if (end > to) throw new ProtobufError('unexpected end of message');
    yield { number, start, end, value };
    at = end;
  }
}

function varint(bytes: Buffer, from: number, to: number): { value: bigint; end: number } {
  // Nearly all are short.
  let small = 0;
  for (let at = from, shift = 0; at < to && shift < 28; at++, shift += 7) {
    small |= (bytes[at]! & 0x7f) << shift;
    if (bytes[at]! < 0x80) return { value: BigInt(small), end: at + 1 };
  }
  let value = 0n;
  for (let at = from, shift = 0n; at < to && shift < 70n; at++, shift += 7n) {
    value |= BigInt(bytes[at]! & 0x7f) << shift;
    if (bytes[at]! < 0x80) return { value, end: at + 1 };
  }
  throw new ProtobufError('unexpected end of a number');
}
