import { byteSize } from '../../fields/byte-size.js';
import type { ConfigNode } from '../../fields/node.js';
import type { Problems } from '../../fields/problems.js';
import { bool, int, oneOf } from '../../fields/scalars.js';
import { block, checked, listOf, type Schema, struct, type Value, withDefault } from '../../fields/schema.js';
import { quarantineSchema } from '../../quarantine/quarantine.js';
import { type FieldName, fieldNames, type LabelFieldName, labelFieldNames } from './event-fields.js';
import { redactionSchema } from './redact/redaction-options.js';

/** The labels of each profile. `lean` makes some 90 streams an API server, `default` some hundred to the guard's limit. */
const profiles = {
  default: ['verb', 'user', 'resource', 'code'],
  lean: ['verb', 'code_class'],
} satisfies Record<string, LabelFieldName[]>;

/** A profile by its name, or a list of fields. */
const labels: Schema<readonly LabelFieldName[]> = {
  decode(node: ConfigNode, problems: Problems) {
    if (node.shape === 'list') return listOf(oneOf(...labelFieldNames)).decode(node, problems);
    const profile = oneOf('default', 'lean').decode(node, problems);
    return profiles[profile];
  },
};

const positive = checked(int, (value) => (value >= 1 ? undefined : 'must be 1 or more'));

/** No label, size or secret may be wrong for a mistyped word: unlike in Promtail's stages, an unknown key is refused. */
export const schema = struct({
  labels: withDefault(labels, profiles.default),
  /** Fields to keep as structured metadata, if they are not labels. */
  metadata: withDefault<readonly FieldName[]>(listOf(oneOf(...fieldNames)), [
    'severity',
    'stage',
    'audit_level',
    'decision',
    'verb',
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
    'latency_ms',
    'audit_id',
  ]),
  /** Stages of requests that another event makes superfluous. */
  drop_stages: withDefault(listOf(oneOf('RequestReceived', 'ResponseStarted')), []),
  max_streams: withDefault(positive, 1000),
  max_label_values: withDefault(positive, 200),
  /** What Loki takes by default. */
  max_line_size: withDefault(
    checked(byteSize, (size) => (size >= 1024 ? undefined : 'must be 1KB or more')),
    262_144,
  ),
  redact: block(redactionSchema),
  quarantine: block(quarantineSchema),
  signals: withDefault(bool, true),
});

export type AuditOptions = Value<typeof schema>;
