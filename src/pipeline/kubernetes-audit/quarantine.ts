import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import type { Logger } from 'pino';
import { decodeText, isValidText } from '../../entry/text.js';

export interface QuarantineOptions {
  /** '' for none: the notice is all there is. */
  readonly file: string;
  readonly max_size: number;
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

  /** Keeps the line, and returns the line to ship in its place. */
  keep(line: Buffer, reason: string): Buffer {
    const sha256 = createHash('sha256').update(line).digest('hex');
    if (this.#options.file !== '') this.#append(line, reason, sha256);
    const notice = { kind: 'Quarantined', apiVersion: 'auditail.io/v1', reason, length: line.length, sha256 };
    return Buffer.from(JSON.stringify(notice));
  }

  /** Waits for the disk: this is for one line in a million. A failure is told once; the line is then in the audit log only. */
  #append(line: Buffer, reason: string, sha256: string): void {
    const text = decodeText(line);
    const kept = isValidText(text) ? { line: text } : { line_b64: line.toString('base64') };
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
