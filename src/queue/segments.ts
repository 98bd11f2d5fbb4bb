import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A place in the queue: a segment's number and an offset in it. */
export interface Place {
  readonly segment: number;
  readonly offset: number;
}

/** One file of the queue. */
export interface Segment {
  readonly number: number;
  readonly path: string;
  /** Bytes that may be read. */
  end: number;
  /** When it was last written to. */
  changedAtMs: number;
}

/** The files of a queue, oldest first. New ones get the next number; what a run before has left is only read. */
export class Segments {
  readonly #directory: string;
  #list: Segment[] = [];
  #next = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** New segments get numbers from `next` on, or those after the ones that are there. */
  static async open(directory: string, next: number): Promise<Segments> {
    const segments = new Segments(directory);
    for (const name of await readdir(directory)) {
      const number = /^[0-9]{8,}$/.test(name) ? Number(name) : undefined;
      if (number === undefined) continue;
      const path = join(directory, name);
      const { size, mtimeMs } = await stat(path);
      segments.#list.push({ number, path, end: size, changedAtMs: mtimeMs });
    }
    segments.#list.sort((a, b) => a.number - b.number);
    segments.#next = Math.max(next, (segments.#list.at(-1)?.number ?? -1) + 1);
    return segments;
  }

  get bytes(): number {
    return this.#list.reduce((sum, { end }) => sum + end, 0);
  }

  get first(): Segment | undefined {
    return this.#list[0];
  }

  /** Where what will be added next begins, when there is no segment to read. */
  get start(): Place {
    return { segment: this.first?.number ?? this.#next, offset: 0 };
  }

  /** The segment of this number, or else the next that there is. */
  from(number: number): Segment | undefined {
    return this.#list.find((segment) => segment.number >= number);
  }

  after({ number }: Segment): Segment | undefined {
    return this.from(number + 1);
  }

  async create(nowMs: number): Promise<{ segment: Segment; file: FileHandle }> {
    const number = this.#next++;
    const path = join(this.#directory, String(number).padStart(8, '0'));
    const file = await open(path, 'wx', 0o600);
    await this.#sync();
    const segment = { number, path, end: 0, changedAtMs: nowMs };
    this.#list.push(segment);
    return { segment, file };
  }

  /** Returns how many bytes that makes free. */
  async remove(segment: Segment): Promise<number> {
    this.#list = this.#list.filter((other) => other !== segment);
    await rm(segment.path, { force: true });
    return segment.end;
  }

  /** Makes the name of a new file last. Some file systems cannot. */
  async #sync(): Promise<void> {
    try {
      const directory = await open(this.#directory, 'r');
      await directory.sync().finally(() => directory.close());
    } catch {}
  }
}
