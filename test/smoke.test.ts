import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('runs from the bundle', () => {
  expect(execFileSync(process.execPath, ['dist/auditail.js'], { encoding: 'utf8' })).toContain('auditail');
});
