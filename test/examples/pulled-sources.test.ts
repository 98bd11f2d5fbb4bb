import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it.each(['docker', 'journal', 'kafka', 'azure-event-hubs', 'cloudflare'])(
  'the agent takes %s.yaml',
  (name) => {
    const flags = [`-config.file=examples/${name}.yaml`, '-config.expand-env=true', '-check-syntax'];
    const output = execFileSync(process.execPath, ['dist/auditail.js', ...flags], { encoding: 'utf8' });
    expect(output).toBe('Valid config file! No syntax issues found\n');
  },
);
