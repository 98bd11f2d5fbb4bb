import { type AuditEvent, part } from './audit-event.js';
import { boundCode, boundVerb, codeClass, isLongRunning } from './request-kinds.js';
import type { UserGroups } from './user-group.js';

/** What `metadata` may name. The widest stand last: when there are too many streams, those labels are given up first. */
export const fieldNames = [
  'severity',
  'code_class',
  'stage',
  'audit_level',
  'decision',
  'verb',
  'user_type',
  'code',
  'subresource',
  'api_group',
  'resource',
  'namespace',
  'user',
  'username',
  'impersonated_user',
  'source_ip',
  'name',
  'user_agent',
  'latency_ms',
  'audit_id',
] as const;

export type FieldName = (typeof fieldNames)[number];

/** What `labels` may name: the others are different in nearly every event. */
export const labelFieldNames = fieldNames.slice(0, fieldNames.indexOf('source_ip'));

/** What is known of an event under a name, be it as a label or as metadata; '' when the event does not tell. */
export interface EventField {
  readonly name: FieldName;
  readonly read: (event: AuditEvent) => string;
  /** The same in few enough words for a label. The guard caps those without. */
  readonly readBounded?: (event: AuditEvent) => string;
}

/** Every field, in the order of their names. `identity` is what the names and addresses of people become. */
export function eventFields(users: UserGroups, identity: (name: string) => string): readonly EventField[] {
  const readers: Record<FieldName, EventField['read']> = {
    severity,
    code_class: ({ code }) => codeClass(code),
    stage: ({ stage }) => stage,
    audit_level: (event) => event.level,
    decision: (event) => event.text(part.decision),
    verb: ({ verb }) => verb,
    user_type: ({ username }) => users.of(username).type,
    code: ({ code }) => code,
    subresource: ({ subresource }) => subresource,
    api_group: (event) => event.apiGroup,
    resource: ({ resource }) => resource,
    namespace: (event) => event.namespace,
    user: ({ username }) => identity(users.of(username).group),
    username: ({ username }) => identity(username),
    impersonated_user: (event) => identity(event.text(part.impersonated)),
    source_ip: ({ sourceIp }) => identity(sourceIp),
    name: (event) => event.text(part.name),
    user_agent: (event) => event.text(part.userAgent),
    latency_ms: latencyMs,
    audit_id: (event) => event.text(part.auditId),
  };
  const bounded: Partial<Record<FieldName, EventField['read']>> = {
    verb: ({ verb }) => boundVerb(verb),
    code: ({ code }) => boundCode(code),
  };
  return fieldNames.map((name) => {
    const readBounded = bounded[name];
    return { name, read: readers[name], ...(readBounded === undefined ? {} : { readBounded }) };
  });
}

/** Loki sees a line's level in metadata of this name; `level` would be taken for it too, and "Metadata" is none. */
function severity({ code, stage }: AuditEvent): string {
  const first = code.charCodeAt(0);
  if (first === 0x35 || stage === 'Panic') return 'error';
  return first === 0x34 ? 'warn' : 'info';
}

/** How long the server took. Not told of requests that end when their client likes. */
function latencyMs(event: AuditEvent): string {
  if (event.stage === 'RequestReceived' || isLongRunning(event)) return '';
  const micros = event.stagedMicros - event.receivedMicros;
  return micros >= 0 ? `${Math.floor(micros / 1000)}${decimals[micros % 1000]}` : '';
}

/** What stands behind the whole milliseconds, for each number of microseconds: to print a fraction costs half a microsecond. */
const decimals = Array.from({ length: 1000 }, (_, micros) => String(micros / 1000).slice(1));
