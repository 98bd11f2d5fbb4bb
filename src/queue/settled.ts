import { Buffer } from 'node:buffer';
import { constants, type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { Ack } from '../entry/ack.js';
import type { Place } from './segments.js';

interface Stretch {
  readonly end: Place;
  isSettled: boolean;
}

/** Up to where everything is settled, however the stretches that were read settle. */
export class Settled {
  #place: Place;
  #stretches: Stretch[] = [];
  /** Called each time the place has moved on. */
  onAdvance: () => void = () => {};

  constructor(place: Place) {
    this.#place = place;
  }

  get place(): Place {
    return this.#place;
  }

  /** What was read next, up to `end`, in so many entries. */
  add(end: Place, entries: number): Ack {
    const stretch = { end, isSettled: entries === 0 };
    this.#stretches.push(stretch);
    if (stretch.isSettled) this.#advance();
    return new Ack(entries, () => {
      stretch.isSettled = true;
      this.#advance();
    });
  }

  /** What was read and is not settled will be read again, or not at all: nobody waits for it any longer. */
  restart(from = this.#place): void {
    this.#place = from;
    this.#stretches = [];
  }

  #advance(): void {
    const unsettled = this.#stretches.findIndex(({ isSettled }) => !isSettled);
    const passed = this.#stretches.splice(0, unsettled < 0 ? this.#stretches.length : unsettled);
    const last = passed.at(-1);
    if (last === undefined) return;
    this.#place = last.end;
    this.onAdvance();
  }
}

const fileLength = 20;

/** Keeps the place on the disk. It is written in place: if that goes wrong, entries are sent twice. */
export class PlaceFile {
  readonly #file: FileHandle;
  #saved: Place | undefined;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<PlaceFile> {
    return new PlaceFile(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600));
  }

  /** Undefined when there is none that can be trusted. */
  async read(): Promise<Place | undefined> {
    const bytes = Buffer.alloc(fileLength);
    const { bytesRead } = await this.#file.read(bytes, 0, fileLength, 0);
    if (bytesRead < fileLength || crc32(bytes.subarray(0, 16)) !== bytes.readUInt32LE(16)) return undefined;
    return { segment: bytes.readDoubleLE(0), offset: bytes.readDoubleLE(8) };
  }

  async write(place: Place): Promise<void> {
    if (place.segment === this.#saved?.segment && place.offset === this.#saved.offset) return;
    const bytes = Buffer.alloc(fileLength);
    bytes.writeDoubleLE(place.segment, 0);
    bytes.writeDoubleLE(place.offset, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 16)), 16);
    await this.#file.write(bytes, 0, fileLength, 0);
    this.#saved = place;
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
