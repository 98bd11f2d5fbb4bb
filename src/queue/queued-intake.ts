import type { Entry } from '../entry/entry.js';
import type { Receipt } from '../entry/intake.js';
import type { Sink } from '../entry/sink.js';
import { DirectIntake } from './direct-intake.js';
import type { DiskQueue } from './disk-queue.js';
import type { JobIntake } from './job-intake.js';
import type { JobOutlet } from './job-outlet.js';

/** With a disk queue behind the pipeline. It is opened at the start, when nobody else has it open any more. */
export class QueuedIntake implements JobIntake {
  readonly #direct: DirectIntake;
  readonly #outlet: JobOutlet;
  readonly #open: () => Promise<DiskQueue>;

  constructor(pipeline: Sink, outlet: JobOutlet, open: () => Promise<DiskQueue>) {
    this.#direct = new DirectIntake(pipeline, (bytes) => outlet.hasRoomFor(bytes));
    this.#outlet = outlet;
    this.#open = open;
  }

  get waitingBytes(): number {
    return this.#direct.waitingBytes + this.#outlet.unsettledBytes;
  }

  async start(): Promise<void> {
    this.#outlet.keepIn(await this.#open());
  }

  async stop(): Promise<void> {
    await this.#direct.stop();
    await this.#outlet.stop();
  }

  /** What senders wait for depends on the disk only. */
  resend(): void {
    this.#outlet.resend();
  }

  push(entries: Entry[]): Promise<void> | undefined {
    return this.#direct.push(entries);
  }

  deliver(entries: Entry[], deadline: AbortSignal): Promise<Receipt> {
    return this.#direct.deliver(entries, deadline);
  }

  hasRoomFor(bytes: number): boolean {
    return this.#direct.hasRoomFor(bytes);
  }
}
