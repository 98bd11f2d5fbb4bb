import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Debian's package `prometheus` has it. */
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const promtool = (...args: string[]) =>
  execFileSync('promtool', args, { cwd: 'deploy/prometheus', encoding: 'utf8' });

it.skipIf(!hasPromtool)('has rules that Prometheus takes', () => {
  expect(promtool('check', 'rules', 'rules.yaml')).toContain('SUCCESS');
});

it.skipIf(!hasPromtool)('alerts when it should, and not otherwise', () => {
  expect(promtool('test', 'rules', 'rules.test.yaml')).toContain('SUCCESS');
});
