import { setMaxListeners } from 'node:events';
import { Ack, noAck } from '../entry/ack.js';
import type { Entry } from '../entry/entry.js';
import type { Receipt } from '../entry/intake.js';
import type { Sink } from '../entry/sink.js';
import type { JobIntake } from './job-intake.js';
import { untilAborted } from './until-aborted.js';

/** Bytes that senders may wait for at once. */
const maxHeldBytes = 64 * 1024 * 1024;
/** What an entry takes besides its line. */
const entryBytes = 200;

/** Entries go to the job's pipeline, and are safe once they are settled. */
export class DirectIntake implements JobIntake {
  readonly #sink: Sink;
  readonly #hasRoomBehind: (bytes: number) => boolean;
  readonly #stopping = new AbortController();
  #heldBytes = 0;
  /** Aborted, and replaced, when what was handed on will not be settled any more. */
  #round = newRound();
  /** Until it resolves the pipeline has no room. */
  #blocked: Promise<void> | undefined;

  /** `hasRoomBehind`: whether what is behind the pipeline takes so many bytes. */
  constructor(sink: Sink, hasRoomBehind: (bytes: number) => boolean = () => true) {
    this.#sink = sink;
    this.#hasRoomBehind = hasRoomBehind;
    // Every sender listens to it.
    setMaxListeners(0, this.#stopping.signal);
  }

  get waitingBytes(): number {
    return this.#heldBytes;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopping.abort();
  }

  resend(): void {
    this.#round.abort();
    this.#round = newRound();
    this.#heldBytes = 0;
  }

  push(entries: Entry[]): Promise<void> | undefined {
    for (const entry of entries) entry.ack = noAck;
    const room = this.#sink.push(entries);
    return room === undefined ? undefined : untilAborted(room, this.#stopping.signal);
  }

  async deliver(entries: Entry[], deadline: AbortSignal): Promise<Receipt> {
    if (entries.length === 0) return 'safe';
    const size = sizeOf(entries);
    if (!this.hasRoomFor(size)) return 'full';
    const release = this.#hold(size);
    const isTurn = await this.#turn(AbortSignal.any([deadline, this.#stopping.signal]));
    if (!isTurn) {
      release();
      return 'late';
    }
    const settled = Promise.withResolvers<void>();
    let isSafe = false;
    const ack = new Ack(entries.length, () => {
      isSafe = true;
      release();
      settled.resolve();
    });
    for (const entry of entries) entry.ack = ack;
    const round = this.#round;
    this.#handOn(entries);
    await untilAborted(settled.promise, AbortSignal.any([deadline, round.signal]));
    return isSafe ? 'safe' : 'late';
  }

  /** What alone is too big is taken when there is nothing else, or it would never be. */
  hasRoomFor(bytes: number): boolean {
    const isHeldRoom = this.#heldBytes === 0 || this.#heldBytes + bytes <= maxHeldBytes;
    return isHeldRoom && this.#hasRoomBehind(bytes);
  }

  #hold(size: number): () => void {
    const round = this.#round;
    this.#heldBytes += size;
    return () => {
      if (round === this.#round) this.#heldBytes -= size;
    };
  }

  /** Resolves to true when the pipeline has room, to false when there is no more time to wait for it. */
  async #turn(deadline: AbortSignal): Promise<boolean> {
    while (this.#blocked !== undefined && !deadline.aborted) await untilAborted(this.#blocked, deadline);
    return !deadline.aborted;
  }

  #handOn(entries: Entry[]): void {
    const room = this.#sink.push(entries);
    if (room === undefined) return;
    const blocked = room.finally(() => {
      if (this.#blocked === blocked) this.#blocked = undefined;
    });
    blocked.catch(() => {});
    this.#blocked = blocked;
  }
}

function newRound(): AbortController {
  const round = new AbortController();
  // Every sender that waits listens to it.
  setMaxListeners(0, round.signal);
  return round;
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { line }) => sum + line.byteLength + entryBytes, 0);
}
