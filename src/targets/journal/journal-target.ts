import { optional } from '../../fields/schema.js';
import { backoffMs } from '../../http/backoff.js';
import { sleep } from '../../http/sleep.js';
import { type JournalMetrics, journalMetrics } from '../../metrics/journal-metrics.js';
import { SettledMarks } from '../settled-marks.js';
import type { Target, TargetDeps, TargetKind } from '../target.js';
import { unlessAborted } from '../unless-aborted.js';
import { cursorTimeMs, ExportReader, type JournalEntry } from './export-format.js';
import { toEntries } from './journal-lines.js';
import { type JournalOptions, journalOptions } from './journal-options.js';
import { runJournalctl } from './journalctl.js';

/** `journal`: entries of systemd's journal, as `journalctl` gives them. */
export const journal: TargetKind<JournalOptions> = {
  name: 'journal',
  field: optional(journalOptions),
  usesPositions: true,
  build: (options, deps) => new JournalTarget(options, deps),
};

const firstRetryMs = 1000;
const lastRetryMs = 60_000;

class JournalTarget implements Target {
  readonly type = 'Journal';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly #options: JournalOptions;
  readonly #deps: TargetDeps;
  readonly #metrics: JournalMetrics;
  readonly #positionKey: string;
  readonly #marks: SettledMarks<string>;
  readonly #stopping = new AbortController();
  /** Of the last entry that was read, settled or not. */
  #cursor: string | undefined;
  #running: Promise<void> = Promise.resolve();
  #isReading = false;
  #error = '';

  constructor(options: JournalOptions, deps: TargetDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#metrics = journalMetrics(deps.registry);
    this.#positionKey = `cursor-${deps.jobName}`;
    this.#marks = new SettledMarks((cursor) => deps.positions.put(this.#positionKey, cursor));
  }

  get labels(): ReadonlyMap<string, string> {
    return this.#options.labels;
  }

  get isReady(): boolean {
    return this.#isReading;
  }

  /** A journal that cannot be read is tried again for as long as it takes. */
  async start(): Promise<void> {
    this.#cursor = this.#deps.positions.get(this.#positionKey);
    this.#running = this.#followOnAndOn(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  details(): Record<string, unknown> {
    return { position: this.#deps.positions.get(this.#positionKey) ?? '', error: this.#error };
  }

  async #followOnAndOn(signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; ) {
      const before = this.#cursor;
      try {
        await this.#follow(signal);
      } catch (error) {
        this.#error = (error as Error).message;
        failures = this.#cursor === before ? failures + 1 : 1;
        if (failures === 1 && !signal.aborted)
          this.#deps.log.error({ err: error }, 'cannot read the journal; trying again');
      }
      this.#isReading = false;
      if (signal.aborted) return;
      await sleep(backoffMs(failures, firstRetryMs, lastRetryMs, Math.random()), signal);
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { path, matches } = this.#options;
    const reader = new ExportReader();
    let again = this.#usableCursor();
    const args = [
      ...['--output=export', '--follow', '--no-tail', '--no-pager', '--quiet'],
      ...(path === '' ? [] : [`--directory=${path}`]),
      again === undefined ? `--since=@${this.#oldestSeconds()}` : `--cursor=${again}`,
      ...['--', ...matches],
    ];
    const onStarted = () => {
      this.#isReading = true;
      this.#error = '';
    };
    await runJournalctl(args, signal, onStarted, async (chunk) => {
      const [first, ...others] = reader.read(chunk);
      if (first === undefined) return;
      // The entry of the cursor comes once more, if it is still there. Asked for what is after it, journalctl would then leave out the next.
      const isRead = first.cursor === again;
      again = undefined;
      await this.#push(isRead ? others : [first, ...others], signal);
    });
  }

  async #push(entries: readonly JournalEntry[], signal: AbortSignal): Promise<void> {
    const taken = toEntries(entries, this.#options, this.#marks, this.#deps, this.#metrics);
    this.#cursor = entries.at(-1)?.cursor ?? this.#cursor;
    const pushed = taken.length === 0 ? undefined : this.#deps.sink.push(taken);
    if (pushed !== undefined) await unlessAborted(pushed, signal);
  }

  /** Entries that are older than max_age are not read, even if reading stopped before them. */
  #usableCursor(): string | undefined {
    const timeMs = cursorTimeMs(this.#cursor ?? '');
    return timeMs !== undefined && timeMs / 1000 >= this.#oldestSeconds() ? this.#cursor : undefined;
  }

  #oldestSeconds(): number {
    return Math.floor((this.#deps.now() - this.#options.max_age) / 1000);
  }
}
