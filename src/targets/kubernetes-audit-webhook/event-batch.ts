import type { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { noAck } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import type { Intake, Receipt } from '../../entry/intake.js';
import type { Labels } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { Metadata } from '../../entry/metadata.js';
import type { ReadClock } from '../../entry/read-clock.js';
import type { Digest, Quarantine } from '../../quarantine/quarantine.js';
import { unlessAborted } from '../unless-aborted.js';
import { lineOf, timeOf } from './event-line.js';
import { Handover, type RecentEvents } from './recent-events.js';

/** What becomes of an event: handed on, known already, dropped by a rule, or kept on this host with a notice in its place. */
export type Fate = 'taken' | 'repeated' | 'dropped' | 'quarantined';

export interface EventBatchDeps {
  /** Undefined when a rule drops all that comes here. */
  readonly labels: Labels | undefined;
  readonly recent: RecentEvents;
  readonly intake: Intake;
  readonly quarantine: Quarantine;
  readonly clock: ReadClock;
  readonly now: () => number;
  count(fate: Fate, events: number): void;
}

/** Events handed on at once: enough to be cheap, few enough for the next not to wait for memory. */
const maxHandoverBytes = 1024 * 1024;
/** What of a batch is in memory before its sender has to wait. */
const maxHeldBytes = 8 * maxHandoverBytes;
/** What an entry takes besides its line. */
const entryBytes = 200;
/** Whoever sent it has given up long before. */
const handoverMs = 5 * 60_000;

/** The events of one request, on their way into the job. */
export class EventBatch {
  readonly #deps: EventBatchDeps;
  /** Those that have an event of this batch: its own, and those of earlier requests. */
  readonly #handovers = new Set<Handover>();
  /** The own ones that are not safe yet, the oldest first. */
  readonly #pending = new Set<Handover>();
  #open: Handover;
  #entries: Entry[] = [];
  #digests: string[] = [];
  #openBytes = 0;
  #heldBytes = 0;

  constructor(deps: EventBatchDeps) {
    this.#deps = deps;
    this.#open = new Handover(deps.now());
  }

  /** An item of a list of this version. */
  add(item: Buffer, apiVersion: string): void {
    this.#add(digestOf(item), () => {
      const line = lineOf(item, apiVersion);
      if (line === undefined) return this.#notice(item, 'not_event');
      this.#deps.count('taken', 1);
      return this.#entry(Line.ofBytes(line, 0, line.length - 1), timeOf(line));
    });
  }

  /** An item that is too long to be in memory. */
  addLong(beginning: Buffer, whole: Digest): void {
    this.#add(whole.sha256, () => this.#notice(beginning, 'too_long', whole));
  }

  /** What of it is in memory: added, and not safe yet. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Waits until little of it is in memory. False when that took too long. */
  async roomMade(maxWaitMs: number): Promise<boolean> {
    if (this.#heldBytes <= maxHeldBytes) return true;
    const deadline = AbortSignal.timeout(maxWaitMs);
    while (this.#heldBytes > maxHeldBytes && !deadline.aborted) {
      const [oldest] = this.#pending;
      await unlessAborted(oldest!.receipt, deadline).catch(() => {});
    }
    return this.#heldBytes <= maxHeldBytes;
  }

  /** All have been added: tells what became of them by the deadline. */
  async receipt(deadline: AbortSignal): Promise<Receipt> {
    this.#handOn();
    let receipt: Receipt = 'safe';
    for (const handover of this.#handovers) {
      const each = await unlessAborted(handover.receipt, deadline).catch((): Receipt => 'late');
      // Whoever is told that there is no room asks again the soonest.
      if (each === 'full') return 'full';
      if (each !== 'safe') receipt = 'late';
    }
    return receipt;
  }

  /** Hands on what was added so far. */
  #handOn(): void {
    const { intake, recent } = this.#deps;
    const handover = this.#open;
    const digests = this.#digests;
    const entries = this.#entries;
    const bytes = this.#openBytes;
    this.#open = new Handover(this.#deps.now());
    this.#digests = [];
    this.#entries = [];
    this.#openBytes = 0;
    this.#pending.add(handover);
    void intake
      .deliver(entries, AbortSignal.timeout(handoverMs))
      .catch((): Receipt => 'late')
      .then((receipt) => {
        if (receipt !== 'safe') recent.forget(digests, handover);
        this.#pending.delete(handover);
        this.#heldBytes -= bytes;
        handover.settle(receipt);
      });
  }

  #add(digest: string, entryOf: () => Entry): void {
    const { recent, labels, count } = this.#deps;
    const known = recent.find(digest);
    this.#handovers.add(known ?? this.#open);
    if (known !== undefined) {
      count('repeated', 1);
      return;
    }
    recent.add(digest, this.#open);
    this.#digests.push(digest);
    if (labels === undefined) {
      count('dropped', 1);
      return;
    }
    const entry = entryOf();
    this.#entries.push(entry);
    const size = entry.line.byteLength + entryBytes;
    this.#openBytes += size;
    this.#heldBytes += size;
    if (this.#openBytes >= maxHandoverBytes) this.#handOn();
  }

  #notice(item: Buffer, reason: string, whole?: Digest): Entry {
    this.#deps.count('quarantined', 1);
    const entry = this.#entry(Line.ofBytes(this.#deps.quarantine.keep(item, reason, whole)), undefined);
    entry.metadata = Metadata.of([['quarantined', reason]]);
    return entry;
  }

  #entry(line: Line, time: ReturnType<typeof timeOf>): Entry {
    const { clock, now, labels } = this.#deps;
    if (time === undefined) clock.tick(now());
    const { seconds, nanos } = time ?? clock;
    return new Entry(labels!, seconds, nanos, line, noAck);
  }
}

/** Half of a SHA-256: nobody makes two events that share it. */
function digestOf(item: Buffer): string {
  return hash('sha256', item, 'buffer').toString('latin1', 0, 16);
}
