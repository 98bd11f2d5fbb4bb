import type { DataKind } from './data.js';

/** A row of the table: what is read and by which stages. */
export interface Row {
  readonly name: string;
  readonly data: DataKind;
  readonly stages: string;
  /** The data is in so many files, of the same events each; one, if not told. */
  readonly files?: number;
}

const auditStages = `
      - json:
          expressions:
            verb: verb
            user: user.username
            resource: objectRef.resource
            code: responseStatus.code
            ts: stageTimestamp
            audit_id: auditID
            namespace: objectRef.namespace
      - timestamp: { source: ts, format: RFC3339Nano }
      - labels: { verb: , user: , resource: , code: }
      - structured_metadata: { audit_id: , namespace: }
`;

/** What the audit stage gives by default, as far as other stages can: no latency, no redaction, no signals, no bounds. */
const auditByHand = `
      - json:
          expressions:
            verb: verb
            username: user.username
            resource: objectRef.resource
            code: responseStatus.code
            ts: stageTimestamp
            audit_id: auditID
            namespace: objectRef.namespace
            stage: stage
            audit_level: level
            decision: '"annotations"."authorization.k8s.io/decision"'
            subresource: objectRef.subresource
            api_group: objectRef.apiGroup
            name: objectRef.name
            user_agent: userAgent
            impersonated_user: impersonatedUser.username
            source_ips: sourceIPs
      - timestamp: { source: ts, format: RFC3339Nano }
      - template: { source: severity, template: '{{ if hasPrefix "5" (.code | toString) }}error{{ else if hasPrefix "4" (.code | toString) }}warn{{ else }}info{{ end }}' }
      - template: { source: user, template: '{{ if hasPrefix "system:node:" .username }}system:nodes{{ else if hasPrefix "system:serviceaccount:" .username }}system:serviceaccounts{{ else }}{{ .username }}{{ end }}' }
      - labels: { verb: , user: , resource: , code: }
      - structured_metadata: { severity: , stage: , audit_level: , decision: , subresource: , api_group: , namespace: , username: , impersonated_user: , source_ips: , name: , user_agent: , audit_id: }
`;

/** The job that the goals are set for, then one row a kind of pipeline. */
export const rows: readonly Row[] = [
  { name: 'audit pipeline', data: 'audit', stages: auditStages },
  { name: 'audit pipeline, 10 files', data: 'audit', stages: auditStages, files: 10 },
  { name: 'kubernetes_audit stage', data: 'audit', stages: '[{ kubernetes_audit: }]' },
  {
    name: 'kubernetes_audit, same output',
    data: 'audit',
    stages:
      '[{ kubernetes_audit: { labels: [verb, user, resource, code], metadata: [audit_id, namespace] } }]',
  },
  { name: 'audit defaults, by hand', data: 'audit', stages: auditByHand },
  { name: 'raw, no stages', data: 'audit', stages: '[]' },
  { name: 'cri', data: 'cri', stages: '[{ cri: }]' },
  {
    name: 'regex (nginx)',
    data: 'nginx',
    stages: `
      - regex: { expression: '^(?P<ip>\\S+) \\S+ (?P<user>\\S+) \\[(?P<time>[^\\]]+)\\] "(?P<method>\\S+) (?P<path>\\S+) [^"]*" (?P<status>\\d+) (?P<size>\\d+)' }
      - labels: { method: , status: }
`,
  },
  {
    name: 'logfmt',
    data: 'logfmt',
    stages:
      '[{ logfmt: { mapping: { level: , method: , status: , duration: } } }, { labels: { level: , method: , status: } }]',
  },
  {
    name: 'template',
    data: 'audit',
    stages: `
      - json: { expressions: { verb: verb, code: responseStatus.code } }
      - template: { source: call, template: '{{ .verb | ToUpper }}-{{ .code }}' }
      - labels: { call: }
`,
  },
  { name: 'multiline', data: 'multiline', stages: "[{ multiline: { firstline: '^\\d{4}-' } }]" },
];
