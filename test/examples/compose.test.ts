import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { dashboards } from '../../scripts/dashboards/all.js';
import { loadConfig } from '../../src/config/load.js';
import { readExample } from './read-example.js';

interface Compose {
  services: Record<string, { volumes?: string[]; ports?: string[]; depends_on?: string[] }>;
  volumes: Record<string, null>;
}

interface AgentConfig {
  scrape_configs: { static_configs: { labels: Record<string, string> }[] }[];
}

const [{ services, volumes }] = readExample('compose/docker-compose.yaml') as [Compose];
const mounts = Object.values(services).flatMap((service) => service.volumes ?? []);

it('mounts what there is', () => {
  for (const mount of mounts) {
    const source = mount.split(':')[0]!;
    if (source.startsWith('.')) expect(existsSync(join('examples/compose', source)), source).toBe(true);
    else expect(Object.keys(volumes)).toContain(source);
  }
});

it('is open to the laptop only', () => {
  const ports = Object.values(services).flatMap((service) => service.ports ?? []);
  expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
});

it('has a config that the agent takes, with the labels its dashboards and alerts ask for', async () => {
  const file = 'examples/compose/auditail.yaml';
  await loadConfig({ file, expandEnv: false, onlySyntax: false, overrides: [] }, {});
  const [config] = readExample('compose/auditail.yaml') as [AgentConfig];
  expect(config.scrape_configs[0]?.static_configs[0]?.labels).toMatchObject({
    job: 'kube-audit',
    cluster: 'laptop',
    instance: 'apiserver',
  });
});

it('has both data sources that the dashboards ask for', () => {
  const [{ datasources }] = readExample('compose/grafana/datasources.yaml') as [
    { datasources: { type: string }[] },
  ];
  const asked = Object.values(dashboards).flatMap(({ panels }) =>
    panels.map((panel) => panel.datasource?.type),
  );
  expect(new Set(datasources.map(({ type }) => type))).toEqual(new Set(asked));
});

it('scrapes the agent under the name that the alerts expect', () => {
  const [config] = readExample('compose/prometheus.yaml') as [{ scrape_configs: { job_name: string }[] }];
  expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual(['auditail']);
  expect(readFileSync('deploy/prometheus/rules.yaml', 'utf8')).toContain('up{job="auditail"}');
});

it('tells how to use the writer of its log', () => {
  expect(() =>
    execFileSync(process.execPath, ['--import', 'tsx', 'demo/write-audit-log.ts'], { stdio: 'pipe' }),
  ).toThrow(/usage:/);
});
