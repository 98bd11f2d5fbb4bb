import { type AuditEvent, type EventPart, part } from './audit-event.js';
import { boundCode, boundVerb, codeClass } from './request-kinds.js';
import type { Traits } from './traits.js';

/** What `labels` may name. The widest stand last: when there are too many streams, those labels are given up first. */
export const labelFieldNames = [
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
] as const;

/** Different in nearly every event: these cannot be labels. */
const ownFieldNames = ['source_ip', 'name', 'user_agent', 'latency_ms', 'audit_id'] as const;

/** What `metadata` may name. */
export const fieldNames = [...labelFieldNames, ...ownFieldNames];

export type LabelFieldName = (typeof labelFieldNames)[number];
type OwnFieldName = (typeof ownFieldNames)[number];
export type FieldName = LabelFieldName | OwnFieldName;

/** What is known under a name of all events with the same traits, be it as a label or as metadata; '' when they do not tell. */
export interface TraitField {
  readonly name: LabelFieldName;
  readonly read: (traits: Traits) => string;
  /** The same in few enough words for a label. The guard caps those without. */
  readonly readBounded?: (traits: Traits) => string;
}

/** What is known of one event. */
export interface OwnField {
  readonly name: OwnFieldName;
  readonly read: (event: AuditEvent) => string;
  /** The part of the event that it is, if it is that as it stands there. */
  readonly part?: EventPart;
}

/** Fields in the order of their names. `identity` is what the names and addresses of people become. */
export function traitFields(identity: (name: string) => string): readonly TraitField[] {
  const readers: Record<LabelFieldName, TraitField['read']> = {
    severity,
    code_class: ({ code }) => codeClass(code),
    stage: ({ stage }) => stage,
    audit_level: ({ level }) => level,
    decision: ({ decision }) => decision,
    verb: ({ verb }) => verb,
    user_type: ({ user }) => user.type,
    code: ({ code }) => code,
    subresource: ({ subresource }) => subresource,
    api_group: ({ apiGroup }) => apiGroup,
    resource: ({ resource }) => resource,
    namespace: ({ namespace }) => namespace,
    user: ({ user }) => identity(user.group),
    username: ({ username }) => identity(username),
    impersonated_user: ({ impersonated }) => identity(impersonated),
  };
  const bounded: Partial<Record<LabelFieldName, TraitField['read']>> = {
    verb: ({ verb }) => boundVerb(verb),
    code: ({ code }) => boundCode(code),
  };
  return labelFieldNames.map((name) => {
    const readBounded = bounded[name];
    return { name, read: readers[name], ...(readBounded === undefined ? {} : { readBounded }) };
  });
}

/** The others, in the order of their names. */
export function ownFields(identity: (name: string) => string): readonly OwnField[] {
  return [
    { name: 'source_ip', read: ({ sourceIp }) => identity(sourceIp) },
    partField('name', part.name),
    partField('user_agent', part.userAgent),
    { name: 'latency_ms', read: latencyMs },
    partField('audit_id', part.auditId),
  ];
}

function partField(name: OwnFieldName, of: EventPart): OwnField {
  return { name, part: of, read: (event) => event.text(of) };
}

/** Loki sees a line's level in metadata of this name; `level` would be taken for it too, and "Metadata" is none. */
function severity({ code, stage }: Traits): string {
  const first = code.charCodeAt(0);
  if (first === 0x35 || stage === 'Panic') return 'error';
  return first === 0x34 ? 'warn' : 'info';
}

/** How long the server took. Not told of requests that end when their client likes. */
function latencyMs({ traits, stagedMicros, receivedMicros }: AuditEvent): string {
  if (traits.stage === 'RequestReceived' || traits.lastsLong) return '';
  const micros = stagedMicros - receivedMicros;
  return micros >= 0 ? `${Math.floor(micros / 1000)}${decimals[micros % 1000]}` : '';
}

/** What stands behind the whole milliseconds, for each number of microseconds: to print a fraction costs half a microsecond. */
const decimals = Array.from({ length: 1000 }, (_, micros) => String(micros / 1000).slice(1));
