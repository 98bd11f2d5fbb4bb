import type { LokiOptions } from '../client/loki.js';
import type { Sink } from '../entry/sink.js';
import type { PlannedFile } from '../replay/plan-files.js';
import type { Replay } from '../replay/replay.js';
import { DryClient } from './dry-client.js';

/** What shipping these very lines costs. */
export interface Cost {
  /** Seconds of CPU for a gigabyte (10⁹ bytes) read: reading, stages, encoding, compressing. Without the network. */
  readonly cpuSecondsPerGigabyte: number;
  /** Bytes that go to Loki for each byte read. */
  readonly pushedPerByte: number;
  /** Bytes that Loki stores for each byte read: chunks are compressed with gzip by default. */
  readonly storedPerByte: number;
  /** How much was read to find out. */
  readonly measuredBytes: number;
}

/** Read until so much CPU is spent, the same files again if there is not more: first to warm up, as new code is slow, then to measure. */
const warmUpMs = 300;
const measuredMs = 500;
const maxBytesAPass = 64 * 1024 * 1024;
const maxPasses = 200;

/** Reads the files as the agent would ship them, but for sending; undefined when there is nothing to read. */
export async function measureCost(
  files: readonly PlannedFile[],
  client: LokiOptions,
  newReplay: (sink: Sink) => Replay,
): Promise<Cost | undefined> {
  const sink = new DryClient(client);
  // One for all passes: a new pipeline would have to warm up anew.
  const replay = newReplay(sink);
  const spend = async (enoughMs: number) => {
    const start = {
      cpu: process.cpuUsage(),
      sampleMs: sink.sample.cpuMs,
      pushed: sink.pushedBytes,
      bytes: sink.bytes,
    };
    const cpuMs = () => {
      const { user, system } = process.cpuUsage(start.cpu);
      return (user + system) / 1000 - (sink.sample.cpuMs - start.sampleMs);
    };
    let read = 0;
    for (let passes = 0; passes < maxPasses && cpuMs() < enoughMs; passes++) {
      const bytes = await pass(files, replay);
      if (bytes === 0) break;
      read += bytes;
      sink.flush();
    }
    return { read, cpuMs: cpuMs(), pushed: sink.pushedBytes - start.pushed, bytes: sink.bytes - start.bytes };
  };
  if ((await spend(warmUpMs)).read === 0) return undefined;
  const { read, cpuMs, pushed, bytes } = await spend(measuredMs);
  await replay.close();
  return {
    cpuSecondsPerGigabyte: cpuMs / 1000 / (read / 1e9),
    pushedPerByte: pushed / read,
    storedPerByte: (bytes * sink.sample.ratio) / read,
    measuredBytes: read,
  };
}

async function pass(files: readonly PlannedFile[], replay: Replay): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    if (bytes >= maxBytesAPass) break;
    // Whatever is wrong with a file has been told by then.
    const read = await replay.read(file, maxBytesAPass - bytes).catch(() => undefined);
    bytes += read?.bytes ?? 0;
  }
  return bytes;
}
