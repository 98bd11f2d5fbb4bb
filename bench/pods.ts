import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { freePort } from '../demo/free-port.js';
import { parseMetrics, sumOf } from '../demo/metrics-page.js';
import { until } from '../demo/until.js';
import { type ProcessCost, processCost } from './process-cost.js';
import { startAgent } from './run-job.js';

const pods = 10_000;
/** The agent's, and all the pods': of others it sees none. */
const node = 'node-1';
/** Each pod has three containers with a port, and each of these is a target. None is read: files would be a cost of their own. */
const targets = 3 * pods;

/** What an agent holds in memory that watches many pods, with rules such as Helm's: before, with all of them, and after each has changed. */
export async function runPodRows(
  command: string,
  printRow: (cells: readonly string[]) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const server = fork(join(import.meta.dirname, 'api-server.ts'), [String(pods)], {
    execArgv: ['--import', 'tsx'],
  });
  const [url] = (await once(server, 'message')) as [string];
  const port = await freePort();
  const config = join(folder, 'config.yaml');
  const print = (name: string, { rssMb, cpuSeconds }: ProcessCost) =>
    printRow([name, 'auditail', '', '', `${cpuSeconds.toFixed(1)} s`, rssMb.toFixed(0), '']);
  const withAgent = async (isDone: (pid: number) => Promise<void>) => {
    const agent = startAgent(`env HOSTNAME=${node} ${command.replaceAll('{config}', config)}`);
    try {
      await until(
        () =>
          fetch(`http://127.0.0.1:${port}/metrics`).then(
            () => true,
            () => false,
          ),
        {
          describe: () => 'the agent',
          timeoutMs: 30_000,
        },
      );
      await isDone(agent.pid!);
    } finally {
      agent.kill('SIGKILL');
      await once(agent, 'exit');
    }
  };
  const seen = (count: number) =>
    until(async () => (await dropped(port)) >= count, {
      describe: () => `${count} targets`,
      timeoutMs: 60_000,
    });
  try {
    writeFileSync(config, configWith({ static_configs: [] }, folder, port));
    await withAgent(async (pid) => {
      await sleep(3000);
      print('no pods', processCost(pid));
    });
    writeFileSync(config, configWith(discovery(url), folder, port));
    await withAgent(async (pid) => {
      await seen(targets);
      await sleep(1000);
      print('10000 pods, listed', processCost(pid));
      server.send('change');
      await seen(2 * targets);
      await sleep(1000);
      print('10000 pods, each changed once', processCost(pid));
    });
  } finally {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function dropped(port: number): Promise<number> {
  const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return sumOf(parseMetrics(page), 'promtail_targets_failed_total', { reason: 'wrong_host' }) ?? 0;
}

function configWith(job: object, folder: string, port: number): string {
  return stringify({
    server: { http_listen_address: '127.0.0.1', http_listen_port: port, grpc_listen_port: 0 },
    positions: { filename: join(folder, 'positions.yaml') },
    clients: [{ url: 'http://127.0.0.1:9/loki/api/v1/push' }],
    scrape_configs: [{ job_name: 'pods', ...job }],
  });
}

function discovery(url: string): object {
  return {
    kubernetes_sd_configs: [{ role: 'pod', api_server: url }],
    relabel_configs: [
      { target_label: '__host__', replacement: 'another' },
      { action: 'labelmap', regex: '__meta_kubernetes_pod_label_(.+)' },
      { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
      {
        source_labels: ['__meta_kubernetes_pod_uid', '__meta_kubernetes_pod_container_name'],
        separator: '/',
        replacement: '/var/log/pods/*$1/*.log',
        target_label: '__path__',
      },
    ],
  };
}
