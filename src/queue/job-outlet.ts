import { setTimeout as sleep } from 'node:timers/promises';
import { noAck } from '../entry/ack.js';
import { type Entry, settle } from '../entry/entry.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import { pushPacked, type Sink } from '../entry/sink.js';
import type { DiskQueue } from './disk-queue.js';

/** With a full disk, or one at fault, this is the time between two attempts. */
const retryMs = 1000;
/** On their way to the disk at most, before the pipeline has to wait: what comes at the same time shares a sync. */
const maxUnderWay = 256 * 1024;

/**
 * Where a job's pipeline ends: at the clients; or, for what cannot be read again, in a disk queue, and at the clients from there. Behind the
 * stages, so that what they take out (secrets above all) never reaches the disk, and what they count is counted once.
 */
export class JobOutlet implements Sink {
  readonly #clients: Sink;
  readonly #stopping = new AbortController();
  #queue: DiskQueue | undefined;
  #underWay = 0;
  /** Arrays that wait for room in the queue. */
  #waiting = 0;

  constructor(clients: Sink) {
    this.#clients = clients;
  }

  /** From now on entries are settled once they are in `queue`. What is in it goes to the clients, and what comes. */
  keepIn(queue: DiskQueue): void {
    this.#queue = queue;
    queue.read(this.#clients);
  }

  /** What still comes is kept if there is room for it at once. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#queue?.stopReading();
  }

  /** The clients that were to settle what they have are gone. */
  resend(): void {
    this.#queue?.resend();
  }

  /** What of the queue no client has accepted. */
  get unsettledBytes(): number {
    return this.#queue?.unsettledBytes ?? 0;
  }

  hasRoomFor(bytes: number): boolean {
    return this.#waiting === 0 && (this.#queue?.hasRoomFor(bytes) ?? true);
  }

  push(entries: Entry[]): Promise<void> | undefined {
    if (this.#queue === undefined) return this.#clients.push(entries);
    const bytes = bytesOf(entries);
    this.#underWay += bytes;
    const kept = this.#keep(this.#queue, entries).finally(() => {
      this.#underWay -= bytes;
    });
    return this.#underWay > maxUnderWay ? kept : undefined;
  }

  pushPacked(packed: PackedEntries): Promise<void> | undefined {
    // Until they are kept, as they are valid no longer than this takes.
    return this.#queue === undefined
      ? pushPacked(this.#clients, packed)
      : this.#keep(this.#queue, packed.entries());
  }

  async #keep(queue: DiskQueue, entries: readonly Entry[]): Promise<void> {
    const { signal } = this.#stopping;
    while (!(await queue.append(entries))) {
      if (signal.aborted) {
        // Of all others the sender knows that they are not safe.
        queue.giveUp(entries.filter(({ ack }) => ack === noAck));
        return;
      }
      this.#waiting += 1;
      await Promise.race([queue.roomMade(), sleep(retryMs, undefined, { signal }).catch(() => {})]);
      this.#waiting -= 1;
    }
    settle(entries);
  }
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { line }) => sum + line.byteLength, 0);
}
