import type { Destinations } from '../client/destination.js';
import { type ClientLimits, cutLine } from '../client/line-limit.js';
import { type LokiOptions, lokiDestinations } from '../client/loki.js';
import { faultOf } from '../client/unsendable.js';
import { type Entry, settle } from '../entry/entry.js';
import { metadataSize } from '../entry/metadata-size.js';
import type { Sink } from '../entry/sink.js';
import { sleep } from '../http/sleep.js';
import type { ReadMoment } from '../replay/read-moment.js';
import { comparable, type ExpectedEntry, timeOf } from './expected-entry.js';
import { Gaps } from './gaps.js';
import type { LookUp } from './look-up.js';
import { type Window, windowsOf } from './windows.js';

export interface VerifierOptions {
  readonly client: LokiOptions;
  readonly clientLimits: ClientLimits;
  /** Nanoseconds since 1970; entries before or from here on do not count. */
  readonly since: bigint | undefined;
  readonly until: bigint | undefined;
  /** How long what was written just now may take to arrive. */
  readonly waitMs: number;
  /** When lines were read. */
  readonly moment: ReadMoment;
}

export interface VerifierDeps {
  readonly lookUp: LookUp;
  readonly signal: AbortSignal;
}

/** Entries are asked for in portions: so many, but no more bytes than this. */
const maxEntries = 20_000;
const maxBytes = 16 * 1024 * 1024;

/** What surrounds a line in an answer. */
const framing = 64;

/** What is younger may be on its way. */
const recentMs = 10 * 60_000;
const askAgainMs = 2000;

/** Takes entries in place of a client, and asks Loki for each of them. */
export class Verifier implements Sink {
  readonly gaps = new Gaps();
  /** Entries that should be in Loki. */
  entries = 0;
  /** Lines that are equal to another one, time and stream too: Loki keeps one of them. */
  copies = 0;
  counts = { there: 0, missing: 0, elsewhere: 0 };
  /** Held back by a stage when the file ended, and not there: the agent may hold them, too. */
  held = 0;
  /** Without a time of their own, which nobody but the agent knows. */
  unaskable = 0;
  /** Not in the time that was asked for. */
  outside = 0;
  /** By reason: entries that the client cannot send or has to drop. */
  readonly notSent = new Map<string, number>();
  readonly #options: VerifierOptions;
  readonly #deps: VerifierDeps;
  readonly #destinations: Destinations;
  readonly #waitUntilMs: number;
  /** By time and stream. */
  #portion = new Map<string, ExpectedEntry[]>();
  #portionSize = 0;
  #portionBytes = 0;
  #isEnding = false;

  constructor(options: VerifierOptions, deps: VerifierDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#destinations = lokiDestinations(options.client);
    this.#waitUntilMs = Date.now() + options.waitMs;
  }

  push(entries: Entry[]): Promise<void> | undefined {
    for (const entry of entries) this.#take(entry);
    settle(entries);
    return this.#portionSize >= maxEntries || this.#portionBytes >= maxBytes
      ? this.#askForPortion()
      : undefined;
  }

  /** From now on come the entries that stages have held back. */
  endOfFiles(): void {
    this.#isEnding = true;
  }

  /** Asks for the last ones. */
  finish(): Promise<void> {
    return this.#askForPortion();
  }

  #take(entry: Entry): void {
    const { moment, since, until, clientLimits } = this.#options;
    const destination = this.#destinations.of(entry.labels);
    const fault = faultOf(entry, destination);
    const { maxLineSize, maxLineSizeTruncate } = clientLimits;
    const isLong = maxLineSize > 0 && entry.line.byteLength > maxLineSize;
    if (fault !== undefined || (isLong && !maxLineSizeTruncate)) {
      const reason = fault?.reason ?? 'line_too_long';
      this.notSent.set(reason, (this.notSent.get(reason) ?? 0) + 1);
      return;
    }
    if (moment.isTimeOf(entry)) {
      this.unaskable += 1;
      return;
    }
    const time = timeOf(entry);
    if ((since !== undefined && time < since) || (until !== undefined && time >= until)) {
      this.outside += 1;
      return;
    }
    const line = comparable(isLong ? cutLine(entry.line, maxLineSize) : entry.line);
    const { labels, tenant } = destination;
    const key = `${time} ${labels.key}`;
    const others = this.#portion.get(key) ?? [];
    if (others.some((other) => other.line === line)) {
      this.copies += 1;
      return;
    }
    const size = framing + line.length + metadataSize(entry.metadata?.pairs() ?? []);
    others.push({ time, tenant, labels, line, size, isHeld: this.#isEnding, state: 'missing' });
    this.#portion.set(key, others);
    this.#portionSize += 1;
    this.#portionBytes += line.length;
  }

  async #askForPortion(): Promise<void> {
    const portion = [...this.#portion.values()].flat();
    this.#portion = new Map();
    this.#portionSize = 0;
    this.#portionBytes = 0;
    for (const window of windowsOf(portion)) {
      await this.#deps.lookUp.find(window);
      await this.#waitForRecent(window);
      for (const entry of window.entries) this.#judge(entry);
    }
  }

  async #waitForRecent(window: Window): Promise<void> {
    const { signal } = this.#deps;
    while (window.entries.some(isRecentAndMissing) && Date.now() < this.#waitUntilMs && !signal.aborted) {
      await sleep(askAgainMs, signal);
      await this.#deps.lookUp.find(window);
    }
  }

  #judge(entry: ExpectedEntry): void {
    if (entry.isHeld && isRecentAndMissing(entry)) {
      this.held += 1;
      return;
    }
    this.entries += 1;
    this.counts[entry.state] += 1;
    this.gaps.note(entry);
  }
}

function isRecentAndMissing({ state, time }: ExpectedEntry): boolean {
  return state !== 'there' && Date.now() - Number(time / 1_000_000n) < recentMs;
}
