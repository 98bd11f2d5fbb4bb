import { JournalWriter } from '../../support/journal-writer.js';
import { scratchDir } from '../scratch.js';
import type { Source } from './source.js';

/** A journal in a folder of its own. */
class Journal implements Source {
  readonly job: object;
  readonly #dir: string;
  #files = 0;
  #writer: JournalWriter;

  constructor(dir: string) {
    this.#dir = dir;
    this.job = { journal: { path: dir, max_age: '24h', labels: { job: 'audit', instance: 'a' } } };
    this.#writer = this.#nextFile();
  }

  write(data: string): void {
    this.#writer.write({ MESSAGE: data.trimEnd() });
  }

  /** The journal goes on in another file, as it does after a restart that finds the last one not closed. */
  async restart(): Promise<void> {
    const before = this.#writer;
    this.#writer = this.#nextFile();
    await before.close();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }

  #nextFile(): JournalWriter {
    this.#files += 1;
    return new JournalWriter(this.#dir, `${this.#files}.journal`);
  }
}

export function openJournal(scope: AsyncDisposableStack): Source {
  return new Journal(scratchDir(scope));
}
