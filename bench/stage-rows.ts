import { join } from 'node:path';
import type { Row } from './rows.js';

const cityDatabase = join(import.meta.dirname, '..', 'test', 'conformance', 'fixtures', 'geoip-city.mmdb');

/** What stages that work on extracted values are fed with; the row `json` is what it costs by itself. */
const json =
  '{ json: { expressions: { verb: , user: user.username, ip: "sourceIPs[0]", code: responseStatus.code, ts: stageTimestamp } } }';
const plainJson =
  '{ json: { expressions: { verb: , user: user.username, code: responseStatus.code, ts: stageTimestamp } } }';

const alone: Record<string, string> = {
  docker: '{ docker: }',
  cri: '{ cri: }',
  json: plainJson,
  'json (filters)': json,
  regex: `{ regex: { expression: '"verb":"(?P<verb>[a-z]+)"' } }`,
  logfmt: '{ logfmt: { mapping: { verb: } } }',
  replace: `{ replace: { expression: '"auditID":"([^"]*)"', replace: gone } }`,
  multiline: `{ multiline: { firstline: '^\\{' } }`,
  eventlogmessage: '{ eventlogmessage: { source: missing } }',
  pack: '{ pack: { labels: [job] } }',
  decolorize: '{ decolorize: }',
  labeldrop: '{ labeldrop: [other] }',
  labelallow: '{ labelallow: [job, filename] }',
  static_labels: '{ static_labels: { cluster: one } }',
  match: `{ match: { selector: '{job="bench"} |= "pods"', stages: [{ static_labels: { about: pods } }] } }`,
  drop: `{ drop: { expression: '"verb":"nothing"' } }`,
  limit: '{ limit: { rate: 10000000, burst: 10000000, drop: true } }',
  sampling: '{ sampling: { rate: 1 } }',
};

const afterJson: Record<string, string> = {
  timestamp: '{ timestamp: { source: ts, format: RFC3339Nano } }',
  labels: '{ labels: { verb: , code: } }',
  output: '{ output: { source: user } }',
  structured_metadata: '{ structured_metadata: { user: } }',
  template: `{ template: { source: call, template: '{{ .verb | ToUpper }}-{{ .code }}' } }`,
  tenant: '{ tenant: { source: verb } }',
  metrics: '{ metrics: { calls: { type: counter, source: verb, config: { action: inc } } } }',
  geoip: `{ geoip: { source: user, db: ${JSON.stringify(cityDatabase)}, db_type: city } }`,
};

/** One row a stage, over audit events: alone, or behind a json stage for those that need extracted values. */
export const stageRows: readonly Row[] = [
  ...Object.entries(alone).map(([name, stage]) => row(name, `[${stage}]`)),
  ...Object.entries(afterJson).map(([name, stage]) => row(`json + ${name}`, `[${plainJson}, ${stage}]`)),
];

function row(name: string, stages: string): Row {
  return { name: `stage ${name}`, data: 'audit', stages };
}
