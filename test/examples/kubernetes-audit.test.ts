import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readExample } from './read-example.js';

interface AgentConfig {
  clients: { url: string; backoff_config: { max_retries: number } }[];
  scrape_configs: {
    static_configs: { labels: Record<string, string> }[];
    pipeline_stages: Record<string, Record<string, unknown>>[];
  }[];
}

describe.each([
  ['kubernetes-audit.yaml', ['verb', 'user', 'resource', 'code']],
  ['kubernetes-audit-large.yaml', ['verb', 'code']],
])('%s', (file, labels) => {
  const [config] = readExample(file) as [AgentConfig];
  const [job] = config.scrape_configs;
  const stage = (name: string) => job?.pipeline_stages.find((candidate) => name in candidate)?.[name];

  it('is a config the agent takes', () => {
    const flags = [`-config.file=examples/${file}`, '-config.expand-env=true', '-check-syntax'];
    const output = execFileSync(process.execPath, ['dist/auditail.js', ...flags], { encoding: 'utf8' });
    expect(output).toBe('Valid config file! No syntax issues found\n');
  });

  it('labels as its first lines say, and keeps the rest as metadata', () => {
    expect(Object.keys(stage('labels') ?? {})).toEqual(labels);
    const metadata = Object.keys(stage('structured_metadata') ?? {});
    expect(metadata).toEqual(expect.arrayContaining(['audit_id', 'source_ip', 'decision']));
    expect(metadata.filter((name) => labels.includes(name))).toEqual([]);
    // Whatever a label or metadata is made of has been taken out of the event before.
    const { expressions } = stage('json') as { expressions: object };
    for (const name of [...labels, ...metadata]) expect(Object.keys(expressions)).toContain(name);
  });

  it("takes the event's own time", () => {
    expect(stage('json')).toMatchObject({ expressions: { time: 'stageTimestamp' } });
    expect(stage('timestamp')).toMatchObject({ source: 'time', format: 'RFC3339Nano' });
  });

  it('tails the live file, never gives up, and names its server', () => {
    expect(job?.static_configs[0]?.labels).toMatchObject({
      instance: expect.stringContaining('NODE_NAME'),
      __path__: expect.stringMatching(/audit\.log}$/),
    });
    expect(config.clients[0]?.backoff_config.max_retries).toBe(0);
  });
});
