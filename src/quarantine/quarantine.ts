import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Logger } from 'pino';
import { decodeText, isValidText } from '../entry/text.js';
import { byteSize } from '../fields/byte-size.js';
import { text } from '../fields/scalars.js';
import { struct, type Value, withDefault } from '../fields/schema.js';

/** The `quarantine` block. Without a file the notice is all there is. */
export const quarantineSchema = struct({
  file: withDefault(text, ''),
  max_size: withDefault(byteSize, 64 * 1024 * 1024),
});
export type QuarantineOptions = Value<typeof quarantineSchema>;

/** Tells a line from all others. */
export interface Digest {
  readonly length: number;
  readonly sha256: string;
}

/**
 * Keeps what must not be shipped on this host, and says so in its place. The notice tells the same whenever the line is read, and
 * nothing of what stands in it.
 */
export class Quarantine {
  readonly #options: QuarantineOptions;
  readonly #log: Logger;
  #hasFailed = false;

  constructor(options: QuarantineOptions, log: Logger) {
    this.#options = options;
    this.#log = log;
  }

  /**
   * Keeps the line, and returns the line to ship in its place. Of one that is too long to be in memory at once `line` is the
   * beginning, and `whole` tells of all of it.
   */
  keep(line: Buffer, reason: string, whole: Digest = digestOf(line)): Buffer {
    const { length, sha256 } = whole;
    if (this.#options.file !== '') this.#append(line, reason, whole);
    const notice = { kind: 'Quarantined', apiVersion: 'auditail.io/v1', reason, length, sha256 };
    return Buffer.from(JSON.stringify(notice));
  }

  /** Waits for the disk: this is for one line in a million. A failure is told once; the line is then only where it came from. */
  #append(line: Buffer, reason: string, { length, sha256 }: Digest): void {
    const readable = decodeText(line);
    const kept = {
      ...(length === line.length ? {} : { length }),
      ...(isValidText(readable) ? { line: readable } : { line_b64: line.toString('base64') }),
    };
    const record = Buffer.from(`${JSON.stringify({ reason, sha256, ...kept })}\n`);
    const { file, max_size } = this.#options;
    try {
      const descriptor = openSync(file, 'a', 0o600);
      try {
        if (fstatSync(descriptor).size + record.length > max_size)
          throw new Error(`it would grow over ${max_size} bytes`);
        writeSync(descriptor, record);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (!this.#hasFailed)
        this.#log.warn({ file, error: (error as Error).message }, 'cannot keep a line in quarantine');
      this.#hasFailed = true;
    }
  }
}

function digestOf(line: Buffer): Digest {
  return { length: line.length, sha256: createHash('sha256').update(line).digest('hex') };
}
