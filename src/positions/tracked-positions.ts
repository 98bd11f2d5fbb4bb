import type { FilePosition } from './identity-file.js';

/** A reader that ended (its job was removed by a reload) holds the saved position back for this long. */
const closedCountsForMs = 60 * 60 * 1000;

/** A reader's place in the store: its position is asked for at each save. */
export interface Tracked {
  /** The reader has ended. Its position still counts, as what it has read may yet be settled. */
  close(): void;
}

/** A reader, as far as its position goes. */
export interface PositionSource {
  position(): FilePosition | undefined;
  /** Nothing that it has read is still on its way. */
  readonly isSettled: boolean;
}

interface Reader {
  readonly name: string;
  readonly source: PositionSource;
  closedAtMs: number | undefined;
}

/** The positions of readers that are at work, or were a while ago. */
export class TrackedPositions {
  readonly #now: () => number;
  readonly #readers = new Map<string, Reader[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  add(path: string, name: string, source: PositionSource): Tracked {
    const reader: Reader = { name, source, closedAtMs: undefined };
    const others = (this.#readers.get(path) ?? []).filter((other) => other.name !== name);
    this.#readers.set(path, [...others, reader]);
    return {
      close: () => {
        reader.closedAtMs = this.#now();
      },
    };
  }

  remove(path: string): void {
    this.#readers.delete(path);
  }

  isOpen(path: string): boolean {
    return this.#readers.get(path)?.some((reader) => reader.closedAtMs === undefined) ?? false;
  }

  currentOf(path: string, name: string): FilePosition | undefined {
    return this.#readers
      .get(path)
      ?.find((reader) => reader.name === name)
      ?.source.position();
  }

  /** Whether readers that have ended wait for something to be settled. */
  isSettling(path: string): boolean {
    const readers = this.#readers.get(path) ?? [];
    return readers.some(({ closedAtMs, source }) => closedAtMs !== undefined && !source.isSettled);
  }

  /** The position of the reader that is furthest behind. */
  current(path: string): FilePosition | undefined {
    let least: FilePosition | undefined;
    for (const reader of this.#counting(path)) {
      const position = reader.source.position();
      if (position !== undefined && (least === undefined || isBehind(position, least))) least = position;
    }
    return least;
  }

  *all(): Iterable<[path: string, position: FilePosition]> {
    for (const path of this.#readers.keys()) {
      const position = this.current(path);
      if (position !== undefined) yield [path, position];
    }
  }

  #counting(path: string): readonly Reader[] {
    const readers = this.#readers.get(path) ?? [];
    const open = readers.filter((reader) => reader.closedAtMs === undefined);
    if (open.length === 0) return readers;
    const oldest = this.#now() - closedCountsForMs;
    return readers.filter((reader) => reader.closedAtMs === undefined || reader.closedAtMs > oldest);
  }
}

/** More files means an older one that is not done with; of the same files, the offset in the oldest decides. */
function isBehind(a: FilePosition, b: FilePosition): boolean {
  if (a.files.length !== b.files.length) return a.files.length > b.files.length;
  const aFirst = a.files[0];
  const bFirst = b.files[0];
  if (aFirst === undefined || bFirst === undefined) return Number(a.value) < Number(b.value);
  return aFirst.offset < bFirst.offset;
}
