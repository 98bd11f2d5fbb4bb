import { closeSync, openSync, writeSync } from 'node:fs';
import type { LogFile } from './audit-writer.js';

/** A log that somebody else rotates. */
export class AppendedFile implements LogFile {
  readonly #path: string;
  #fd: number;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, 'a', 0o600);
  }

  write(data: string): void {
    writeSync(this.#fd, data);
  }

  /** As a server does when it is told that its log was renamed. */
  reopen(): void {
    this.close();
    this.#fd = openSync(this.#path, 'a', 0o600);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
