import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('is a config the agent takes', () => {
  const flags = ['-config.file=examples/discovery.yaml', '-config.expand-env=true', '-check-syntax'];
  const output = execFileSync(process.execPath, ['dist/auditail.js', ...flags], { encoding: 'utf8' });
  expect(output).toBe('Valid config file! No syntax issues found\n');
});
