import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lumberjack } from '../demo/lumberjack.js';
import { dataFile } from './data.js';
import { withAgent } from './fleet.js';
import { processCost } from './process-cost.js';

const bytesPerSecond = 20e6;
const writeBytes = 1e6;
/** Memory is looked at this often; what is told is the mean of a minute. */
const lookMs = 5000;
const looksPerMinute = 60_000 / lookMs;

/** A log of 20 MB/s, rotated every five seconds, for so many minutes: what it costs, and whether memory grows. */
export async function runSteady(
  command: string,
  minutes: number,
  printRow: (cells: readonly string[]) => void,
): Promise<void> {
  await withAgent(command, 1, async ({ pid, logs }) => {
    const looks: number[] = [];
    const looking = setInterval(() => looks.push(processCost(pid).rssMb), lookMs);
    const before = processCost(pid).cpuSeconds;
    const written = await writeSteadily(join(logs, 'audit.log'), minutes * 60_000);
    clearInterval(looking);
    const cpu = ((processCost(pid).cpuSeconds - before) / written) * 1e9;
    const early = Math.min(5 * looksPerMinute, looks.length - looksPerMinute);
    printRow([
      `steady 20 MB/s, ${minutes} minutes`,
      'auditail',
      (written / 1e6 / minutes / 60).toFixed(0),
      '',
      cpu.toFixed(2),
      Math.max(...looks).toFixed(0),
      `${meanFrom(looks, early)} → ${meanFrom(looks, looks.length - looksPerMinute)} MB`,
    ]);
  });
}

function meanFrom(looks: readonly number[], from: number): string {
  const minute = looks.slice(from, from + looksPerMinute);
  return (minute.reduce((sum, look) => sum + look, 0) / minute.length).toFixed(0);
}

/** The bench's data over and over, in whole lines. Returns how many bytes that were. */
async function writeSteadily(file: string, ms: number): Promise<number> {
  const log = new Lumberjack({ file, maxBytes: 100e6, maxBackups: 3 });
  const data = openSync(dataFile('audit', 100).path, 'r');
  const buffer = Buffer.alloc(writeBytes);
  const start = performance.now();
  let at = 0;
  let written = 0;
  while (performance.now() - start < ms) {
    while (written < ((performance.now() - start) / 1000) * bytesPerSecond) {
      const length = readSync(data, buffer, 0, buffer.length, at);
      const end = buffer.subarray(0, length).lastIndexOf(0x0a) + 1;
      log.write(buffer.subarray(0, end));
      at = length < buffer.length ? 0 : at + end;
      written += end;
    }
    await sleep(20);
  }
  closeSync(data);
  await log.close();
  return written;
}
