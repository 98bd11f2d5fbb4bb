import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvents } from '../demo/audit/audit-events.js';
import { freePort } from '../demo/free-port.js';
import { until } from '../demo/until.js';
import { processCost } from './process-cost.js';
import { rows } from './rows.js';
import { configFor, startAgent } from './run-job.js';

/** How long an agent is watched that has many files. */
const watchMs = 20_000;
/** V8 collects what the start has left behind eight seconds after it, which is not rest yet. */
const untilAtRestMs = 15_000;
/** By then all lines of 1,000 files of one line each are pushed. */
const untilReadMs = 4000;
/** Long enough for what happens once in ten seconds to be in it as often as it is. */
const restMs = 60_000;

/** Rows about time rather than size: what an idle agent costs, many files at a steady pace, and how soon the first push comes. */
export async function runFleetRows(
  command: string,
  isWanted: (name: string) => boolean,
  printRow: (cells: readonly string[]) => void,
): Promise<void> {
  if (isWanted('idle')) await idle(command, printRow);
  if (isWanted('1000 files')) await manyFiles(command, printRow);
  if (isWanted('cold start')) await coldStart(command, printRow);
}

async function idle(command: string, printRow: (cells: readonly string[]) => void): Promise<void> {
  await withAgent(command, 100, async ({ pid }) => {
    await sleep(untilAtRestMs);
    const before = processCost(pid).cpuSeconds;
    await sleep(restMs);
    const cost = processCost(pid);
    const share = ((cost.cpuSeconds - before) / (restMs / 1000)) * 100;
    printRow(['idle, 100 files', 'auditail', '', '', `${share.toFixed(2)} %`, cost.rssMb.toFixed(0), '']);
  });
}

/** What it takes to begin with so many files, and then, once V8 has compiled what is used all the time, to follow them. */
async function manyFiles(command: string, printRow: (cells: readonly string[]) => void): Promise<void> {
  await withAgent(command, 1000, async ({ pid, files }) => {
    await sleep(untilReadMs);
    const start = processCost(pid);
    printRow(['1000 files, start', 'auditail', '', '', `${start.cpuSeconds.toFixed(2)} s`, '', '']);
    const writer = new PacedWriter(files);
    await writer.write(untilAtRestMs);
    const before = processCost(pid).cpuSeconds;
    const startMs = performance.now();
    await writer.write(watchMs);
    const cost = processCost(pid);
    const share = ((cost.cpuSeconds - before) / ((performance.now() - startMs) / 1000)) * 100;
    printRow([
      '1000 files, 1 MB/s',
      'auditail',
      '',
      '',
      `${share.toFixed(1)} %`,
      cost.peakRssMb.toFixed(0),
      '',
    ]);
  });
}

/** Writes 1 MB of events a second, each to one of the files. */
class PacedWriter {
  readonly #files: readonly string[];
  readonly #events = new AuditEvents({ seed: 3, startMs: Date.now() });

  constructor(files: readonly string[]) {
    this.#files = files;
  }

  async write(forMs: number): Promise<void> {
    const start = performance.now();
    let bytes = 0;
    while (performance.now() - start < forMs) {
      while (bytes < ((performance.now() - start) / 1000) * 1e6) {
        const line = `${this.#events.next()}\n`;
        appendFileSync(this.#files[Math.floor(Math.random() * this.#files.length)]!, line);
        bytes += line.length;
      }
      await sleep(10);
    }
  }
}

async function coldStart(command: string, printRow: (cells: readonly string[]) => void): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < 5; run++) {
    await withAgent(command, 1, async ({ firstPushMs }) => void times.push(await firstPushMs()));
  }
  printRow(['cold start', 'auditail', '', '', `${times.toSorted((a, b) => a - b)[2]} ms`, '', '']);
}

/** An agent that has pushed something. */
interface RunningAgent {
  readonly pid: number;
  /** Where the files are. */
  readonly logs: string;
  readonly files: readonly string[];
  firstPushMs(): Promise<number>;
}

/** Runs the agent over so many files of one line each, as long as `use` takes. */
export async function withAgent(
  command: string,
  fileCount: number,
  use: (agent: RunningAgent) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const events = new AuditEvents({ seed: 5, startMs: Date.now() });
  const files = Array.from({ length: fileCount }, (_, index) => join(logs, `${index}.log`));
  for (const file of files) writeFileSync(file, `${events.next()}\n`);
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
  const job = { paths: join(logs, '*.log'), stages: rows[0]!.stages };
  writeFileSync(config, configFor(job, folder, receiverPort, await freePort()));
  const startMs = Date.now();
  const agent = startAgent(command.replaceAll('{config}', config));
  const firstPushMs = async () => {
    const ask = async () => {
      const answer = await fetch(`http://127.0.0.1:${receiverPort}/stats`);
      const { firstAtMs } = (await answer.json()) as { firstAtMs: number };
      return firstAtMs > 0 && firstAtMs - startMs;
    };
    return until(ask, { describe: () => 'the first push', timeoutMs: 30_000 });
  };
  try {
    await firstPushMs();
    await use({ pid: agent.pid!, logs, files, firstPushMs });
  } finally {
    agent.kill('SIGKILL');
    receiver.kill('SIGKILL');
    await once(agent, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}
