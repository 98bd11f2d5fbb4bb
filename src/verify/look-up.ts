import { quoteGo } from '../go/strconv.js';
import { comparable, type ExpectedEntry, isSameStream, streamPairs } from './expected-entry.js';
import { type LokiQuery, QueryError, type RangeQuery } from './loki-query.js';
import type { StoredEntry, TooMuch } from './query-answer.js';
import { selectorOf, type Window } from './windows.js';

/** What Loki gives at most by default. Its parts take answers of 4 MiB from each other. */
const lokisLimit = 5000;
const answerBytes = 2 * 1024 * 1024;

/** Finds entries in Loki, a page at a time, and marks those that are there. */
export class LookUp {
  readonly #loki: Pick<LokiQuery, 'ask'>;
  #maxLimit = lokisLimit;
  /** Nanoseconds; windows are no longer anyway. */
  #maxSpan = 2n ** 63n;

  constructor(loki: Pick<LokiQuery, 'ask'>) {
    this.#loki = loki;
  }

  /** Throws a QueryError when Loki cannot be asked. */
  async find({ entries, tenant, selector: query }: Window): Promise<void> {
    const wanted = new Wanted(entries);
    const end = entries.at(-1)!.time + 1n;
    for (let start = entries[0]!.time; start < end && !wanted.isComplete; ) {
      const limit = this.#limitFor(entries);
      const stop = start + this.#maxSpan < end ? start + this.#maxSpan : end;
      const answer = await this.#loki.ask({ tenant, query, start, end: stop, limit });
      if (answer.kind === 'too-much') {
        this.#askForLess(answer, stop - start, limit);
        continue;
      }
      wanted.mark(answer.entries);
      if (answer.entries.length < limit) start = stop;
      else start = await this.#nextPage(wanted, start, latest(answer.entries), limit);
    }
  }

  /** Where to go on behind a full page. */
  async #nextPage(wanted: Wanted, start: bigint, last: bigint, limit: number): Promise<bigint> {
    // There may be more of that time.
    if (last > start) return last;
    // More lines of one time than an answer holds: there is no paging through them.
    for (const entry of wanted.missingAt(start)) await this.#findAlone(entry, wanted, limit);
    return start + 1n;
  }

  /** By its stream and by what stands in it. */
  async #findAlone(entry: ExpectedEntry, wanted: Wanted, limit: number): Promise<void> {
    const { tenant, time, labels, line } = entry;
    const selector = selectorOf(streamPairs(labels)) ?? '{}';
    const filters = excerpts(line).map((text) => ` |= ${quoteGo(text)}`);
    const question: RangeQuery = {
      tenant,
      query: selector + filters.join(''),
      start: time,
      end: time + 1n,
      limit,
    };
    const answer = await this.#loki.ask(question);
    if (answer.kind === 'too-much') throw new QueryError(answer.message);
    wanted.mark(answer.entries);
    const isThere = (entry.state as ExpectedEntry['state']) === 'there';
    if (!isThere && answer.entries.length >= limit)
      throw new QueryError(`more than ${limit} lines of the same time that look alike: ${question.query}`);
  }

  /** For all that follows, too: what was too much once will be again. */
  #askForLess({ of, maxLimit, message }: TooMuch, span: bigint, limit: number): void {
    if (of === 'time' && span > 1n) {
      this.#maxSpan = span / 2n;
      return;
    }
    if (limit === 1) throw new QueryError(message);
    this.#maxLimit = Math.min(maxLimit ?? Math.ceil(limit / 4), limit - 1);
  }

  #limitFor(entries: readonly ExpectedEntry[]): number {
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    return Math.min(this.#maxLimit, Math.max(1, Math.floor((answerBytes * entries.length) / bytes)));
  }
}

/** Long enough to tell lines apart, short enough for an address. */
const excerptLength = 300;

/** Beginning and end of a line. What was no UTF-8 in it cannot be asked for. */
function excerpts(line: string): string[] {
  const pieces =
    line.length <= 2 * excerptLength ? [line] : [line.slice(0, excerptLength), line.slice(-excerptLength)];
  return pieces
    .flatMap((piece) => longestOf(piece.toWellFormed().split('\ufffd')))
    .filter((text) => text !== '');
}

function longestOf(texts: readonly string[]): string {
  return texts.reduce((longest, text) => (text.length > longest.length ? text : longest), '');
}

function latest(entries: readonly StoredEntry[]): bigint {
  return entries.reduce(
    (last, { time }) => (BigInt(time) > last ? BigInt(time) : last),
    BigInt(entries[0]!.time),
  );
}

/** The entries of a window by their times. */
class Wanted {
  readonly #byTime = new Map<string, ExpectedEntry[]>();
  #missing = 0;

  constructor(entries: readonly ExpectedEntry[]) {
    for (const entry of entries) {
      if (entry.state === 'there') continue;
      this.#missing += 1;
      const time = String(entry.time);
      const others = this.#byTime.get(time);
      if (others === undefined) this.#byTime.set(time, [entry]);
      else others.push(entry);
    }
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  mark(stored: readonly StoredEntry[]): void {
    for (const each of stored) {
      const line = comparable(each.line);
      for (const entry of this.#byTime.get(each.time) ?? []) {
        if (entry.state === 'there' || entry.line !== line) continue;
        entry.state = isSameStream(entry.labels, each) ? 'there' : 'elsewhere';
        if (entry.state === 'there') this.#missing -= 1;
      }
    }
  }

  missingAt(time: bigint): ExpectedEntry[] {
    return (this.#byTime.get(String(time)) ?? []).filter(({ state }) => state !== 'there');
  }
}
