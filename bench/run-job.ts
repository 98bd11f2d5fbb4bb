import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../demo/free-port.js';
import { until } from '../demo/until.js';
import { processCost } from './process-cost.js';

/** One run of one agent over files that are there before it starts. */
export interface JobResult {
  /** From the start of the process to the last push. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakRssMb: number;
  /** From the start of the process to the first push. */
  readonly firstPushMs: number;
  readonly bytesSent: number;
}

export interface Job {
  /** Files to read, and the YAML of the pipeline's stages. */
  readonly paths: string;
  readonly stages: string;
}

interface Stats {
  readonly requests: number;
  readonly bytes: number;
  readonly uncompressedBytes: number;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

/** Nothing came for this long: the agent is done. */
const quietMs = 700;

/** Undefined when the agent ends by itself, as one does that does not know the stages. Runs `command` (in which `{config}` stands for the file) over the job, against a receiver that costs nothing. */
export async function runJob(job: Job, command: string): Promise<JobResult | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const receiverPort = await freePort();
  const receiver = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'receiver.ts'), String(receiverPort)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(receiver.stdout!, 'data');
  const config = join(folder, 'config.yaml');
  writeFileSync(config, configFor(job, folder, receiverPort, await freePort()));
  const startMs = Date.now();
  const agent = startAgent(command.replaceAll('{config}', config));
  try {
    const stats = () =>
      fetch(`http://127.0.0.1:${receiverPort}/stats`).then((answer) => answer.json() as Promise<Stats>);
    const done = await until(
      async () => {
        if (agent.exitCode !== null) return 'ended';
        const now = await stats();
        return now.requests > 0 && Date.now() - now.lastAtMs > quietMs ? now : undefined;
      },
      { describe: () => 'the last push', timeoutMs: 600_000 },
    );
    if (done === 'ended') return undefined;
    const cost = processCost(agent.pid!);
    return {
      seconds: (done.lastAtMs - startMs) / 1000,
      cpuSeconds: cost.cpuSeconds,
      peakRssMb: cost.peakRssMb,
      firstPushMs: done.firstAtMs - startMs,
      bytesSent: done.uncompressedBytes,
    };
  } finally {
    receiver.kill('SIGKILL');
    if (agent.exitCode === null) {
      agent.kill('SIGKILL');
      await once(agent, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

export function startAgent(command: string): ChildProcess {
  const [file, ...args] = command.split(' ').filter((word) => word !== '');
  return spawn(file!, args, { stdio: ['ignore', 'ignore', 'ignore'] });
}

export function configFor(
  job: Pick<Job, 'paths' | 'stages'>,
  folder: string,
  receiverPort: number,
  port: number,
  batchwait = '50ms',
): string {
  return `
server: { http_listen_port: ${port}, grpc_listen_port: 0, http_listen_address: 127.0.0.1, log_level: error }
positions: { filename: ${folder}/positions.yaml }
clients:
  - url: http://127.0.0.1:${receiverPort}/loki/api/v1/push
    batchwait: ${batchwait}
scrape_configs:
  - job_name: bench
    static_configs: [{ labels: { job: bench, __path__: '${job.paths}' } }]
    pipeline_stages: ${job.stages}
`;
}
