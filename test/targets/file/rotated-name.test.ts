import { expect, test } from 'vitest';
import { parseRotatedName } from '../../../src/targets/file/rotated-name.js';

test.each<[name: string, base: string]>([
  ['audit-2026-01-02T15-04-05.000.log', 'audit.log'],
  ['audit-2026-01-02T15-04-05.000.log.gz', 'audit.log'],
  ['my-audit-2026-01-02T15-04-05.123.log', 'my-audit.log'],
  ['audit-2026-01-02T15-04-05.000', 'audit'],
  ['app.log.1', 'app.log'],
  ['app.log.12.gz', 'app.log'],
  ['app.1.log', 'app.log'],
  ['syslog.1', 'syslog'],
  ['app.log-20260102', 'app.log'],
  ['app.log-20260102.gz', 'app.log'],
  ['app.log-20260102-1767323045', 'app.log'],
  ['app.log-2026010215', 'app.log'],
  ['app-20260102.log', 'app.log'],
  ['app.log.2026-01-02', 'app.log'],
  ['0.log.20260102-150405', '0.log'],
  ['0.log.20260102-150405.gz', '0.log'],
])('%s was once %s', (name, base) => {
  expect(parseRotatedName(name)?.base).toBe(base);
});

test.each([
  'app.log',
  'app-1.log',
  'app.log.bak',
  'app.log.20261340',
  '.1',
  'app.gz',
  'kube-apiserver-10.2.log.tmp',
])('%s is no rotated name', (name) => {
  expect(parseRotatedName(name)).toBeUndefined();
});

test.each<[string[]]>([
  [['app.log.10.gz', 'app.log.2.gz', 'app.log.1']],
  [['a-2026-01-02T15-04-05.000.log.gz', 'a-2026-01-02T15-04-05.001.log', 'a-2026-01-02T15-04-06.000.log']],
  [['app.log-20251231.gz', 'app.log-20260101', 'app.log-20260102-1767323045', 'app.log-20260102-1767323046']],
  [['0.log.20260102-150405.gz', '0.log.20260102-150406']],
])('%j are in the order of their age', (names) => {
  const orders = names.map((name) => parseRotatedName(name)!.order);
  expect(orders).toEqual(orders.toSorted((a, b) => a - b));
});
