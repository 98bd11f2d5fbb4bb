import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Writes a journal as journald would. Needs Debian's systemd-journal-remote. */
export class JournalWriter {
  readonly #process: ChildProcess;

  constructor(dir: string, name = 'test.journal') {
    this.#process = spawn('/lib/systemd/systemd-journal-remote', [`--output=${join(dir, name)}`, '-'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
  }

  /** An entry of these fields, taken now or at another time. */
  write(fields: Readonly<Record<string, string | Buffer>>, timeMs = Date.now()): void {
    const place = {
      __REALTIME_TIMESTAMP: String(Math.round(timeMs * 1000)),
      __MONOTONIC_TIMESTAMP: String(nextMonotonic()),
      _BOOT_ID: '0123456789abcdef0123456789abcdef',
    };
    const parts = Object.entries({ ...place, ...fields }).map(([name, value]) => exportField(name, value));
    this.#process.stdin!.write(Buffer.concat([...parts, Buffer.from('\n')]));
  }

  async close(): Promise<void> {
    this.#process.stdin!.end();
    await once(this.#process, 'close');
  }
}

function exportField(name: string, value: string | Buffer): Buffer {
  if (typeof value === 'string') return Buffer.from(`${name}=${value}\n`);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]);
}

let lastMonotonic = 0;

/** Microseconds since the boot, another each time: by them entries of several files get their order. */
function nextMonotonic(): number {
  lastMonotonic = Math.max(lastMonotonic + 1, Math.round(performance.now() * 1000));
  return lastMonotonic;
}
