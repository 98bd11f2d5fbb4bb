import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvents } from './audit/audit-events.js';
import type { Ledger } from './ledger.js';
import { Lumberjack } from './lumberjack.js';

/** How often it looks what is due. A real server writes each event by itself; so does this one, several at a time. */
const tickMs = 20;

/** Writes an audit log as time goes by, and keeps a record of each line. */
export class SimulatedServer {
  readonly #log: Lumberjack;
  readonly #events: AuditEvents;
  readonly #ledger: Ledger;
  #rotations = 0;

  constructor({
    file,
    maxBytes,
    seed,
    eventsPerSecond,
    ledger,
  }: { file: string; maxBytes: number; seed: number; eventsPerSecond: number; ledger: Ledger }) {
    this.#events = new AuditEvents({ seed, startMs: Date.now(), eventsPerSecond });
    this.#ledger = ledger;
    this.#log = new Lumberjack({
      file,
      maxBytes,
      maxBackups: 10,
      compress: true,
      onRotate: () => {
        this.#rotations++;
      },
    });
  }

  get rotations(): number {
    return this.#rotations;
  }

  /** The time of the newest event. */
  get nowMs(): number {
    return this.#events.nowMs;
  }

  write(count: number): void {
    for (let i = 0; i < count; i++) {
      const line = this.#events.next();
      this.#log.write(`${line}\n`);
      this.#ledger.wrote(line);
    }
  }

  /** Writes that many events, evenly; ends early when told to. */
  async run(count: number, eventsPerSecond: number, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    for (let written = 0; written < count && !signal.aborted; ) {
      const due = Math.floor(((performance.now() - start) / 1000) * eventsPerSecond);
      const batch = Math.min(count, due) - written;
      this.write(batch);
      written += batch;
      await sleep(tickMs);
    }
  }

  async close(): Promise<void> {
    await this.#log.close();
  }
}
