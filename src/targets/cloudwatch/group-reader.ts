import { AwsError } from '../../aws/aws-error.js';
import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import type { Sink } from '../../entry/sink.js';
import { backoffMs } from '../../http/backoff.js';
import { sleep } from '../../http/sleep.js';
import { SettledMarks } from '../settled-marks.js';
import { unlessAborted } from '../unless-aborted.js';
import type { Checkpoint, SettledPart } from './checkpoint.js';
import type { EventPage, EventRange, LogEvent, LogEvents } from './log-events.js';
import { SeenEvents } from './seen-events.js';
import type { StreamLabels } from './stream-labels.js';
import { TimeRange } from './time-range.js';

export interface GroupReaderDeps {
  readonly events: LogEvents;
  readonly checkpoint: Checkpoint;
  readonly overlapMs: number;
  readonly labels: StreamLabels;
  readonly sink: Sink;
  readonly now: () => number;
  /** A page was answered, with these events in it that were not known. */
  readonly onPage: (fresh: readonly LogEvent[]) => void;
  readonly onFailure: (error: Error) => void;
}

const firstRetryMs = 1000;
const lastRetryMs = 60_000;

/** Reads the events of a log group in order, each once, and moves the checkpoint when they are settled. */
export class GroupReader {
  readonly #deps: GroupReaderDeps;
  readonly #range: TimeRange;
  readonly #seen: SeenEvents;
  /** What was read and is not settled yet, in order; marks count from the first that ever was. */
  readonly #parts: SettledPart[] = [];
  #marked = 0;
  #unmarked = 0;
  readonly #marks = new SettledMarks<number>((mark) => this.#settle(mark));

  constructor(deps: GroupReaderDeps) {
    this.#deps = deps;
    this.#range = new TimeRange(deps.checkpoint.horizonMs, deps.overlapMs);
    this.#seen = new SeenEvents(deps.checkpoint.settled());
  }

  /** Reads the next stretch of time. True when that was all there is for now; false when there is more, or the signal was raised. */
  async read(signal: AbortSignal): Promise<boolean> {
    const range = this.#range.next(this.#deps.now());
    let newestMs: number | undefined;
    let token: string | undefined;
    do {
      const page = await this.#ask(range, token, signal);
      if (page === undefined) return false;
      const fresh = this.#seen.fresh(page.events);
      this.#deps.onPage(fresh);
      if (!(await this.#push(fresh, signal))) return false;
      newestMs = newestOf(fresh, newestMs, this.#deps.now());
      token = page.nextToken === token ? undefined : page.nextToken;
    } while (token !== undefined);
    this.#range.read(newestMs);
    const { horizonMs } = this.#range;
    this.#seen.forget(horizonMs);
    this.#mark({ events: [], horizonMs });
    return range.endMs === undefined;
  }

  /** Until there is an answer. Undefined when the signal was raised before. */
  async #ask(
    range: EventRange,
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<EventPage | undefined> {
    let token = nextToken;
    for (let failures = 1; !signal.aborted; failures++) {
      try {
        return await this.#deps.events.page(range, token, signal);
      } catch (error) {
        if (signal.aborted) break;
        this.#deps.onFailure(error as Error);
        // Tokens are good for a day. What was read before it ran out is known.
        if (error instanceof AwsError && error.code === 'InvalidParameterException') token = undefined;
        await sleep(backoffMs(failures, firstRetryMs, lastRetryMs, Math.random()), signal);
      }
    }
    return undefined;
  }

  /** False when the signal was raised before there was room. */
  async #push(events: readonly LogEvent[], signal: AbortSignal): Promise<boolean> {
    if (events.length === 0) return true;
    const ack = this.#mark({ events, horizonMs: undefined });
    const entries: Entry[] = [];
    for (const { stream, timestampMs, message } of events) {
      const labels = this.#deps.labels.of(stream);
      if (labels === undefined) {
        ack.done(1);
        continue;
      }
      const seconds = Math.floor(timestampMs / 1000);
      const nanos = (timestampMs - seconds * 1000) * 1_000_000;
      entries.push(new Entry(labels, seconds, nanos, Line.ofText(message), ack));
    }
    if (entries.length === 0) return true;
    const room = this.#deps.sink.push(entries);
    if (room === undefined) return true;
    try {
      await unlessAborted(room, signal);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }

  #mark(part: SettledPart) {
    this.#parts.push(part);
    this.#unmarked += 1;
    return this.#marks.add(this.#unmarked, part.events.length);
  }

  #settle(mark: number): void {
    const parts = this.#parts.splice(0, mark - this.#marked);
    this.#marked = mark;
    this.#deps.checkpoint.settle(parts);
  }
}

/** Events that are ahead of time by a wrong clock do not count. */
function newestOf(
  events: readonly LogEvent[],
  before: number | undefined,
  nowMs: number,
): number | undefined {
  return events.reduce<number | undefined>(
    (newest, { timestampMs }) =>
      timestampMs > nowMs ? newest : Math.max(newest ?? timestampMs, timestampMs),
    before,
  );
}
