import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../entry/entry.js';
import type { Receipt } from '../entry/intake.js';
import type { Sink } from '../entry/sink.js';
import type { DiskQueue } from './disk-queue.js';
import type { JobIntake } from './job-intake.js';
import { untilAborted } from './until-aborted.js';

/** With a full disk, or one at fault, this is the time between two attempts. */
const retryMs = 1000;

/** With a disk queue: entries are safe once they are in it. It is opened at the start, when nobody else has it open any more. */
export class QueuedIntake implements JobIntake {
  readonly #open: () => Promise<DiskQueue>;
  readonly #sink: Sink;
  readonly #stopping = new AbortController();
  #queue: DiskQueue | undefined;

  constructor(open: () => Promise<DiskQueue>, sink: Sink) {
    this.#open = open;
    this.#sink = sink;
    // Every sender listens to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  get waitingBytes(): number {
    return this.#queue?.unsettledBytes ?? 0;
  }

  async start(): Promise<void> {
    this.#queue = await this.#open();
    this.#queue.read(this.#sink);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#queue?.stopReading();
  }

  resend(): void {
    this.#queue?.resend();
  }

  /** Gives up, when there is no room, only at the end of the job. */
  async push(entries: Entry[]): Promise<void> {
    const queue = this.#queue!;
    const { signal } = this.#stopping;
    while (!(await queue.append(entries))) {
      if (signal.aborted) {
        queue.giveUp(entries);
        return;
      }
      await Promise.race([queue.roomMade(), sleep(retryMs, undefined, { signal }).catch(() => {})]);
    }
  }

  async deliver(entries: Entry[], deadline: AbortSignal): Promise<Receipt> {
    let receipt: Receipt = 'late';
    const appending = this.#queue!.append(entries).then((isDurable) => {
      receipt = isDurable ? 'safe' : 'full';
    });
    await untilAborted(appending, deadline);
    return receipt;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#queue!.hasRoomFor(bytes);
  }
}
