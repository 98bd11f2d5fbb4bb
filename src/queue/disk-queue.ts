import type { Buffer } from 'node:buffer';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Entry } from '../entry/entry.js';
import type { LabelSets } from '../entry/labels.js';
import type { Sink } from '../entry/sink.js';
import type { QueueMetrics } from '../metrics/queue-metrics.js';
import { Appender } from './appender.js';
import { framesOf } from './entry-frames.js';
import { QueueLog } from './queue-log.js';
import { QueueReader } from './queue-reader.js';
import { decodeEntries } from './record.js';
import { type Segment, Segments } from './segments.js';
import { PlaceFile, Settled } from './settled.js';
import { untilAborted } from './until-aborted.js';

export interface DiskQueueOptions {
  readonly directory: string;
  /** What it may take of the disk. */
  readonly maxBytes: number;
  /** What is older is given up, sent or not; 0 keeps everything until it is sent. */
  readonly maxAgeMs: number;
}

export interface DiskQueueDeps {
  readonly log: Logger;
  readonly metrics: QueueMetrics;
  readonly labelSets: LabelSets;
  readonly now: () => number;
}

const maxSegmentBytes = 64 * 1024 * 1024;
/** How often the place is saved, and what is too old looked for. */
const tendMs = 1000;

/**
 * Entries on the disk between a job whose targets cannot read them again and the clients. `append` resolves once they survive a loss of
 * power. They are read in order, pushed, and gone once they are settled; what is not settled at the end is read by the next run.
 */
export class DiskQueue {
  readonly #options: DiskQueueOptions;
  readonly #deps: DiskQueueDeps;
  readonly #log: QueueLog;
  readonly #segments: Segments;
  readonly #placeFile: PlaceFile;
  readonly #settled: Settled;
  readonly #appender: Appender;
  readonly #reader: QueueReader;
  readonly #timer: NodeJS.Timeout;
  /** Where reading goes on. */
  #place;
  /** Goes up when reading starts over: what was read before that is not pushed. */
  #round = 0;
  #reading: { readonly end: AbortController; readonly ended: Promise<void> } | undefined;
  /** Resolved, and replaced by the next, when there is more to read or more room. */
  #change = Promise.withResolvers<void>();
  /** Changes of the files, one after the other. */
  #work: Promise<void> = Promise.resolve();

  private constructor(
    options: DiskQueueOptions,
    deps: DiskQueueDeps,
    segments: Segments,
    placeFile: PlaceFile,
    settled: Settled,
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#log = new QueueLog(deps.log, deps.metrics);
    this.#segments = segments;
    this.#placeFile = placeFile;
    this.#settled = settled;
    this.#place = settled.place;
    this.#reader = new QueueReader(segments);
    this.#appender = new Appender({
      segments,
      segmentBytes: Math.min(maxSegmentBytes, Math.ceil(options.maxBytes / 16)),
      now: deps.now,
      onAppended: () => this.#tellChange(),
      onError: (error) =>
        deps.log.error({ err: error, dir: options.directory }, 'cannot write to the queue on the disk'),
    });
    settled.onAdvance = () => this.#inTurn(() => this.#removeSettled());
    this.#timer = setInterval(() => this.#inTurn(() => this.#tend()), tendMs);
  }

  /** Opens what is there. Rejects when the directory cannot be used. */
  static async open(options: DiskQueueOptions, deps: DiskQueueDeps): Promise<DiskQueue> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const placeFile = await PlaceFile.open(join(options.directory, 'settled'));
    const place = await placeFile.read();
    const segments = await Segments.open(options.directory, (place?.segment ?? -1) + 1);
    const settled = new Settled(place ?? segments.start);
    const queue = new DiskQueue(options, deps, segments, placeFile, settled);
    if (segments.bytes > 0)
      deps.log.info(
        { bytes: segments.bytes },
        'sending what the run before has left in the queue on the disk',
      );
    await queue.#inTurn(() => queue.#removeSettled());
    return queue;
  }

  /** The bytes on the disk. */
  get bytes(): number {
    return this.#segments.bytes;
  }

  /** Those of them that are not settled. */
  get unsettledBytes(): number {
    const { place } = this.#settled;
    return this.bytes - (this.#segments.first?.number === place.segment ? place.offset : 0);
  }

  /** Resolves to true once the entries are on the disk to stay; to false when there is no room, or the disk is at fault. */
  async append(entries: readonly Entry[]): Promise<boolean> {
    if (entries.length === 0) return true;
    const frames = framesOf(entries);
    const size = frames.reduce((sum, frame) => sum + frame.length, 0);
    if (!this.hasRoomFor(size)) {
      this.#log.full(this.bytes);
      return false;
    }
    const isDurable = await this.#appender.append(frames);
    if (isDurable) this.#log.appended(entries.length);
    return isDurable;
  }

  /** What alone is too big is taken when nothing else is there, or it would never be. */
  hasRoomFor(bytes: number): boolean {
    const held = this.bytes + this.#appender.waitingBytes;
    return held === 0 || held + bytes <= this.#options.maxBytes;
  }

  /** Counts entries that found no room before the end. */
  giveUp(entries: readonly Entry[]): void {
    if (entries.length > 0) this.#log.gaveUpLast(entries);
  }

  /** Resolves when there may be room for more. */
  roomMade(): Promise<void> {
    return this.#change.promise;
  }

  /** Pushes what is there and what will come to `sink`, until `stopReading`. */
  read(sink: Sink): void {
    this.resend();
    const end = new AbortController();
    this.#reading = { end, ended: this.#readAll(sink, end.signal) };
  }

  async stopReading(): Promise<void> {
    this.#reading?.end.abort();
    await this.#reading?.ended;
    this.#reading = undefined;
  }

  /** Pushes again what is not settled: those who were to settle it are gone. */
  resend(): void {
    this.#round += 1;
    this.#settled.restart();
    this.#place = this.#settled.place;
    this.#tellChange();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.stopReading();
    await this.#appender.seal();
    await this.#inTurn(() => this.#tend());
    await this.#reader.close();
    await this.#placeFile.close();
  }

  async #readAll(sink: Sink, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const round = this.#round;
      // Asked for before reading, so that nothing slips through in between.
      const change = this.#change.promise;
      let stretch: Awaited<ReturnType<QueueReader['read']>>;
      try {
        stretch = await this.#reader.read(this.#place);
      } catch (error) {
        this.#deps.log.error({ err: error }, 'cannot read the queue on the disk');
        await untilAborted(new Promise((resolve) => setTimeout(resolve, tendMs)), signal);
        continue;
      }
      if (round !== this.#round) continue;
      if (stretch === undefined) {
        await untilAborted(change, signal);
        continue;
      }
      const entries = this.#entriesOf(stretch.records);
      if (stretch.damagedBytes > 0) this.#log.damaged(stretch.damagedBytes);
      this.#place = stretch.end;
      const ack = this.#settled.add(stretch.end, entries.length);
      for (const entry of entries) entry.ack = ack;
      const room = entries.length === 0 ? undefined : sink.push(entries);
      if (room !== undefined) await untilAborted(room, signal);
    }
  }

  #entriesOf(records: readonly Buffer[]): Entry[] {
    return records.flatMap((record) => {
      try {
        return decodeEntries(record, this.#deps.labelSets);
      } catch {
        this.#log.damaged(record.length);
        return [];
      }
    });
  }

  /** Files in front of the settled place, and the one it ends, are not needed any more. */
  async #removeSettled(): Promise<void> {
    for (
      let first = this.#segments.first;
      first !== undefined && this.#isSettled(first);
      first = this.#segments.first
    ) {
      await this.#remove(first);
    }
  }

  #isSettled(segment: Segment): boolean {
    const { place } = this.#settled;
    if (segment.number < place.segment) return true;
    return (
      segment.number === place.segment && place.offset >= segment.end && segment !== this.#appender.segment
    );
  }

  async #tend(): Promise<void> {
    await this.#giveUpOld();
    await this.#removeSettled();
    await this.#placeFile.write(this.#settled.place);
  }

  async #giveUpOld(): Promise<void> {
    const { maxAgeMs } = this.#options;
    if (maxAgeMs === 0) return;
    const oldest = this.#deps.now() - maxAgeMs;
    for (;;) {
      const first = this.#segments.first;
      if (first === undefined || first.changedAtMs > oldest || first.end === 0) return;
      if (first === this.#appender.segment) await this.#appender.seal();
      const { place } = this.#settled;
      const unsettled = first.end - (place.segment === first.number ? place.offset : 0);
      this.#log.gaveUpOld(unsettled);
      this.#settled.restart({ segment: first.number + 1, offset: 0 });
      await this.#remove(first);
      this.resend();
    }
  }

  async #remove(segment: Segment): Promise<void> {
    this.#deps.metrics.reclaimed(await this.#segments.remove(segment));
    this.#tellChange();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#deps.log.error({ err: error }, 'cannot tidy up the queue on the disk');
    });
    return this.#work;
  }

  #tellChange(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
