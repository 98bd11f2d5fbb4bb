import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stageKinds } from '../../../src/pipeline/kinds.js';
import { type StageSample, stageSuite } from '../../support/stage-suite.js';

const city = new URL('../../conformance/fixtures/geoip-city.mmdb', import.meta.url).pathname;

const auditEvents = readFileSync(new URL('../../fixtures/audit-events.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

const samples: Record<string, StageSample> = {
  cri: {
    body: { max_partial_lines: 10 },
    lines: ['2024-05-01T10:00:00Z stdout P a', '2024-05-01T10:00:00Z stdout F b', 'none'],
  },
  decolorize: { body: {}, lines: ['\x1b[31mred\x1b[0m'], hasOptions: false },
  docker: { body: {}, lines: ['{"log":"a\\n","stream":"stdout"}'], hasOptions: false },
  drop: { body: { expression: '^a' } },
  eventlogmessage: { body: { source: 'app' }, lines: ['x'] },
  geoip: { body: { db: city, source: 'app', db_type: 'city' } },
  json: { body: { expressions: { app: 'json' }, drop_malformed: true } },
  // Its options are refused when mistyped, not warned of.
  kubernetes_audit: { body: {}, lines: auditEvents, hasOptions: false },
  labelallow: { body: ['app'], hasOptions: false },
  labeldrop: { body: ['app'], hasOptions: false },
  labels: { body: { app2: 'app' }, hasOptions: false },
  limit: { body: { rate: 0.001, burst: 1, drop: true } },
  logfmt: { body: { mapping: { app: 'a' } }, lines: ['a=1 b', 'a'] },
  match: { body: { selector: '{app="web"} |= "a"', stages: [{ drop: { expression: 'line' } }] } },
  metrics: {
    body: { seen: { type: 'counter', config: { match_all: true, action: 'inc' } } },
    hasOptions: false,
  },
  multiline: { body: { firstline: '^a' } },
  non_indexed_labels: { body: { app: null }, hasOptions: false },
  output: { body: { source: 'app' } },
  pack: { body: { labels: ['app'] } },
  regex: { body: { expression: '(?P<app>.*)' } },
  replace: { body: { expression: '(a)', replace: '{{ .Value | ToUpper }}' } },
  sampling: { body: { rate: 0 } },
  static_labels: { body: { app: 'other' }, hasOptions: false },
  structured_metadata: { body: { app: null }, hasOptions: false },
  template: { body: { source: 'app', template: '{{ .Value }}!' } },
  tenant: { body: { label: 'app' } },
  timestamp: { body: { source: 'app', format: 'RFC3339' } },
};

for (const [name, sample] of Object.entries(samples)) describe(name, () => stageSuite(name, sample));

it('is run for every kind', () => {
  expect(Object.keys(samples).sort()).toEqual(stageKinds.map(({ name }) => name).sort());
});
