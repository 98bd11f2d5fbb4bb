import { gunzipSync } from 'node:zlib';
import type { AuditEvent } from './audit-event.js';
import { azure } from './wrappers/azure.js';
import { cloudWatch } from './wrappers/cloudwatch.js';
import { gke } from './wrappers/gke.js';
import { isRecord, type Unwrapped } from './wrappers/unwrapped.js';

/** Why a line is not an event. */
export type Unparsed =
  /** JSON, but of something else. */
  | 'not_event'
  /** Not JSON. */
  | 'not_json'
  /** What --audit-log-format=legacy writes. */
  | 'legacy'
  /** What is left of an event whose write did not finish, or that was joined too late. */
  | 'torn'
  /** Cut by the log service it came from. */
  | 'truncated';

/** What a line turned out to be. */
export type Found =
  /** One event, the whole line; `event` has been read. */
  | { readonly kind: 'event' }
  | { readonly kind: 'wrapped'; readonly events: readonly Unwrapped[] }
  /** A piece of an event, and behind it a whole one that begins at `at`. */
  | { readonly kind: 'torn'; readonly at: number }
  | { readonly kind: 'unparsed'; readonly reason: Unparsed };

const event: Found = { kind: 'event' };
const unwraps = [cloudWatch, azure, gke];

/** Tells what a line is, and reads the event when it is one. */
export function findEvent(into: AuditEvent, bytes: Buffer, start: number, end: number): Found {
  if (into.scan(bytes, start, end)) return into.read() ? event : unwrap(bytes.subarray(start, end));
  return unwrapCompressed(bytes, start, end) ?? resynchronise(into, bytes, start, end);
}

function unwrap(line: Buffer): Found {
  const document = parse(line.toString('utf8'));
  for (const each of unwraps) {
    const events = document === undefined ? undefined : each(document, line);
    if (events !== undefined) return { kind: 'wrapped', events };
  }
  return { kind: 'unparsed', reason: 'not_event' };
}

/** gzip's first bytes, in base64: how a subscription to CloudWatch Logs delivers. */
const gzipMark = 'H4sI';
/** A record is at most 6 MB compressed; what grows beyond this is a bomb. */
const maxUnpackedBytes = 64 << 20;

function unwrapCompressed(bytes: Buffer, start: number, end: number): Found | undefined {
  if (bytes.toString('latin1', start, start + gzipMark.length) !== gzipMark) return undefined;
  try {
    const packed = Buffer.from(bytes.toString('latin1', start, end), 'base64');
    return unwrap(gunzipSync(packed, { maxOutputLength: maxUnpackedBytes }));
  } catch {
    return undefined;
  }
}

/** How every event of a file begins. In a text the quotes would be escaped. */
const beginning = '{"kind":"Event","apiVersion":"audit.k8s.io/';
/** More beginnings than this in one line are no accident. */
const maxTries = 16;

/** On a full disk a piece of an event can stay, and the next event then stands on the same line. */
function resynchronise(into: AuditEvent, bytes: Buffer, start: number, end: number): Found {
  const line = bytes.subarray(start, end);
  let tries = 0;
  for (
    let at = line.indexOf(beginning, 1);
    at >= 0 && tries < maxTries;
    at = line.indexOf(beginning, at + 1)
  ) {
    tries++;
    if (into.scan(bytes, start + at, end) && into.read()) return { kind: 'torn', at: start + at };
  }
  return { kind: 'unparsed', reason: reasonFor(line) };
}

function reasonFor(line: Buffer): Unparsed {
  if (legacy.test(line.toString('latin1', 0, 64))) return 'legacy';
  if (
    line
      .toString('latin1', line.length - 16)
      .trimEnd()
      .endsWith('[Truncated...]')
  )
    return 'truncated';
  return line.includes('"audit.k8s.io/') ? 'torn' : 'not_json';
}

/** `2006-01-02T15:04:05.000000000Z AUDIT: id="…" stage="…" …` */
const legacy = /^\S{20,35} AUDIT: id="/;

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
