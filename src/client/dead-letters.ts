import { Buffer } from 'node:buffer';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Labels } from '../entry/labels.js';
import type { MetadataPair } from '../entry/metadata.js';
import { decodeText, isValidText } from '../entry/text.js';
import { printTime } from './print-time.js';

/** An entry that is given up, and why. */
export interface DeadLetter {
  readonly seconds: number | bigint;
  readonly nanos: number;
  readonly labels: Labels;
  readonly line: Buffer;
  readonly metadata: readonly MetadataPair[];
  readonly tenant: string;
  /** The HTTP status; undefined for what was never sent. */
  readonly status: number | undefined;
  /** As the metrics count it. */
  readonly reason: string;
  /** In Loki's words. */
  readonly error: string;
}

const retryMs = 1000;

/**
 * Keeps what is given up as JSON lines, in one file a client and day: `<directory>/<client>-<date>.jsonl`. Only then are the
 * entries settled, so that nothing is gone for good without a copy.
 */
export class DeadLetters {
  readonly #directory: string;
  readonly #client: string;
  readonly #log: Logger;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: string, client: string, log: Logger, now: () => number) {
    this.#directory = directory;
    this.#client = client.replace(/[^A-Za-z0-9._-]/g, '_');
    this.#log = log;
    this.#now = now;
  }

  /** Resolves to true once the letters are on the disk. Tries until it can; false when `signal` ended that. */
  async keep(letters: readonly DeadLetter[], signal: AbortSignal): Promise<boolean> {
    const bytes = Buffer.from(letters.map((letter) => `${toJson(letter)}\n`).join(''));
    while (!signal.aborted) {
      try {
        // One at a time: a failed write is taken back by cutting the file to what it was.
        const written = this.#last.then(() => this.#append(bytes));
        this.#last = written.catch(() => {});
        await written;
        return true;
      } catch (error) {
        this.#log.error(
          { directory: this.#directory, entries: letters.length, error: (error as Error).message },
          'cannot write dead letters; the entries are kept until that works',
        );
      }
      await sleepFor(retryMs, undefined, { signal }).catch(() => {});
    }
    return false;
  }

  async #append(bytes: Buffer): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const day = new Date(this.#now()).toISOString().slice(0, 10);
    const file = await open(join(this.#directory, `${this.#client}-${day}.jsonl`), 'a', 0o600);
    try {
      const { size } = await file.stat();
      await writeOrCut(file, bytes, size);
      if (size === 0) await syncDirectory(this.#directory);
    } finally {
      await file.close();
    }
  }
}

async function writeOrCut(file: FileHandle, bytes: Buffer, size: number): Promise<void> {
  try {
    await file.writeFile(bytes);
    await file.sync();
  } catch (error) {
    await file.truncate(size).catch(() => {});
    throw error;
  }
}

/** A new file's name is only as durable as its directory. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function toJson(letter: DeadLetter): string {
  const line = decodeText(letter.line);
  return JSON.stringify({
    time: printTime(letter.seconds, letter.nanos),
    labels: Object.fromEntries(letter.labels.pairs()),
    ...(isValidText(line) ? { line } : { line_b64: letter.line.toString('base64') }),
    metadata: Object.fromEntries(letter.metadata),
    tenant: letter.tenant,
    status: letter.status,
    reason: letter.reason,
    error: letter.error,
  });
}
