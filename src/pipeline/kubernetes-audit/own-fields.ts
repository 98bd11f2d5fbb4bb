import { Buffer } from 'node:buffer';
import type { MetadataWriter } from '../../entry/metadata.js';
import { type AuditEvent, type EventPart, part } from './audit-event.js';
import { type OwnFieldName, ownFieldNames } from './event-fields.js';
import { shortened } from './short-value.js';

/** What is known of one event only. No string is made of it if it can be helped: those of four fields were 4 % of the stage. */
export interface OwnField {
  readonly name: OwnFieldName;
  /** Writes nothing when the event does not tell. */
  readonly write: (event: AuditEvent, writer: MetadataWriter) => void;
}

/** Fields in the order of their names. `identity` is what the addresses of people become; undefined: they stay. */
export function ownFields(identity: ((name: string) => string) | undefined): readonly OwnField[] {
  const writers: Record<OwnFieldName, OwnField['write']> = {
    source_ip: identity === undefined ? writeSourceIp : pseudonymWriter(identity),
    name: partWriter('name', part.name),
    user_agent: partWriter('user_agent', part.userAgent),
    latency_ms: latencyWriter(),
    audit_id: partWriter('audit_id', part.auditId),
  };
  return ownFieldNames.map((name) => ({ name, write: writers[name] }));
}

function writeSourceIp(event: AuditEvent, writer: MetadataWriter): void {
  if (!event.writeSourceIp('source_ip', writer)) writeText('source_ip', event.sourceIp, writer);
}

function pseudonymWriter(identity: (name: string) => string): OwnField['write'] {
  return ({ sourceIp }, writer) => writeText('source_ip', identity(sourceIp), writer);
}

function partWriter(name: OwnFieldName, of: EventPart): OwnField['write'] {
  return (event, writer) => {
    if (!event.writePiece(of, name, writer)) writeText(name, event.text(of), writer);
  };
}

function writeText(name: OwnFieldName, value: string, writer: MetadataWriter): void {
  if (value !== '') writer.pair(name, shortened(value));
}

/** How long the server took, in milliseconds. Not told of requests that end when their client likes. */
function latencyWriter(): OwnField['write'] {
  const bytes = Buffer.alloc(24);
  return ({ traits, stagedMicros, receivedMicros }, writer) => {
    const micros = stagedMicros - receivedMicros;
    if (traits.stage === 'RequestReceived' || traits.lastsLong || !(micros >= 0)) return;
    let end = bytes.length;
    let at = writeDigits(bytes, end, micros % 1000, 3);
    while (end > at && bytes[end - 1] === zero) end--;
    if (end > at) bytes[--at] = point;
    at = writeDigits(bytes, at, Math.floor(micros / 1000), 1);
    writer.piece('latency_ms', bytes, at, end);
  };
}

/** Writes the number, in so many digits at least, before `end`. Returns where it begins. */
function writeDigits(bytes: Buffer, end: number, value: number, atLeast: number): number {
  let at = end;
  for (let rest = value; rest > 0 || end - at < atLeast; rest = Math.floor(rest / 10))
    bytes[--at] = zero + (rest % 10);
  return at;
}

const zero = 0x30;
const point = 0x2e;
