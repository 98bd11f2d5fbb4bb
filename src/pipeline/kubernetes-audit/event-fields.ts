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
export const ownFieldNames = ['source_ip', 'name', 'user_agent', 'latency_ms', 'audit_id'] as const;

/** What `metadata` may name. */
export const fieldNames = [...labelFieldNames, ...ownFieldNames];

export type LabelFieldName = (typeof labelFieldNames)[number];
export type OwnFieldName = (typeof ownFieldNames)[number];
export type FieldName = LabelFieldName | OwnFieldName;

/** What is known under a name of all events with the same traits, be it as a label or as metadata; '' when they do not tell. */
export interface TraitField {
  readonly name: LabelFieldName;
  readonly read: (traits: Traits) => string;
  /** The same in few enough words for a label. The guard caps those without. */
  readonly readBounded?: (traits: Traits) => string;
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

/** Loki sees a line's level in metadata of this name; `level` would be taken for it too, and "Metadata" is none. */
function severity({ code, stage }: Traits): string {
  const first = code.charCodeAt(0);
  if (first === 0x35 || stage === 'Panic') return 'error';
  return first === 0x34 ? 'warn' : 'info';
}
