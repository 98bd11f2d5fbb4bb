import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditEvents } from '../../demo/audit/audit-events.js';
import type { Tally } from './tally.js';

/** A log file that is rotated somehow. */
export interface LogFile {
  write(data: string): void;
  close(): void | Promise<void>;
}

export interface AuditWriterOptions {
  readonly file: LogFile;
  readonly tally: Tally;
  readonly seed: number;
  /** Where each line goes again, synced to the disk, to find out later what happened. */
  readonly record: string;
}

/**
 * Events lie so far apart that some thousand lines are more than the hour that Loki lets a line be behind its stream's newest:
 * then a young line that is sent ahead of its elders shows, as those are refused.
 */
const eventsPerSecond = 0.5;

/** So much of the past is written: less than the week after which Loki takes nothing. */
const startedBeforeMs = 100 * 3600 * 1000;

/** Writes audit events as kube-apiserver does, and keeps a record of what is in the file. */
export class AuditWriter {
  readonly #options: AuditWriterOptions;
  readonly #events: AuditEvents;
  readonly #record: number;
  #load: { stop: AbortController; done: Promise<void> } | undefined;

  constructor(options: AuditWriterOptions) {
    this.#options = options;
    this.#events = new AuditEvents({
      seed: options.seed,
      startMs: Date.now() - startedBeforeMs,
      eventsPerSecond,
    });
    this.#record = openSync(options.record, 'a');
  }

  /** Writes that many events, one after the other. */
  write(count: number): void {
    for (let i = 0; i < count; i++) this.writeLine(this.#events.next());
    fsyncSync(this.#record);
  }

  writeLine(line: string): void {
    const { file, tally } = this.#options;
    file.write(`${line}\n`);
    tally.wrote(line);
    writeSync(this.#record, `${line}\n`);
  }

  /** The next event, not written yet. */
  next(): string {
    return this.#events.next();
  }

  /** Goes on writing, about so many lines a second, until `stop`. */
  start(linesPerSecond: number): void {
    if (this.#load !== undefined) return;
    const stop = new AbortController();
    this.#load = { stop, done: this.#run(linesPerSecond, stop.signal) };
  }

  async stop(): Promise<void> {
    const load = this.#load;
    this.#load = undefined;
    load?.stop.abort();
    await load?.done;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.#options.file.close();
    closeSync(this.#record);
  }

  async #run(linesPerSecond: number, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    for (let written = 0; !signal.aborted; ) {
      const due = Math.floor(((performance.now() - started) / 1000) * linesPerSecond) + 1;
      // A machine that was busy elsewhere does not make up for it with a flood.
      const count = Math.min(due - written, linesPerSecond);
      if (count > 0) this.write(count);
      written = due;
      await sleep(10, undefined, { signal }).catch(() => {});
    }
  }
}
