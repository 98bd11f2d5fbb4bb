import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import type { Labels } from '../../entry/labels.js';
import { oneOf } from '../../fields/scalars.js';
import { checked, optional, required, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { nonEmpty, stageList, stageText } from '../../fields/stage-fields.js';
import type { UnixInstant } from '../../go/time/unix-time.js';
import { UtcTimes } from '../../go/time/utc-times.js';
import { compileLayout, isKnownLocation, isRfc3339, type LayoutParser } from '../../go/time-layout.js';
import { toText } from '../extracted-text.js';
import { eachEntry, type StageKind } from '../stage.js';

/** So many label sets are remembered with their last time. */
const maxRemembered = 10_000;

const location = checked(stageText, (name) =>
  isKnownLocation(name) ? undefined : `unknown time zone ${JSON.stringify(name)}`,
);

const schema = stageStruct({
  source: required(nonEmpty(stageText)),
  format: required(nonEmpty(stageText)),
  fallback_formats: withDefault(stageList(stageText, ''), []),
  location: optional(location),
  action_on_failure: withDefault(oneOf('fudge', 'skip'), 'fudge'),
});

type Options = Value<typeof schema>;

/** The time that container runtimes write, as the stages `docker` and `cri` read it. */
export function runtimeTime(source: string): Options {
  return {
    source,
    format: 'RFC3339Nano',
    fallback_formats: [],
    location: undefined,
    action_on_failure: 'fudge',
  };
}

/**
 * Sets the time from an extracted value. Where that fails, `fudge` continues from the last time seen with the same labels, one
 * nanosecond on; `skip` leaves the time alone.
 */
export const timestamp: StageKind<Options> = {
  name: 'timestamp',
  schema,
  build({ source, format, fallback_formats, location, action_on_failure }, { now }) {
    const parse = firstOf(
      [format, ...fallback_formats].map((layout) => compileLayout(layout, location, now)),
    );
    const timeOf = isRfc3339(format) ? bytesFirst(source, parse) : textOnly(source, parse);
    const fudge = action_on_failure === 'fudge' ? new LastTimes() : undefined;
    return eachEntry(
      (entry, extracted) => {
        const time = timeOf(extracted);
        if (time !== undefined) {
          entry.seconds = time.seconds;
          entry.nanos = time.nanos;
          fudge?.remember(entry.labels, time.seconds, time.nanos);
        } else {
          fudge?.continueFrom(entry);
        }
        return true;
      },
      (plan) => isRfc3339(format) && plan.setTime(source, fudge && ((...its) => fudge.remember(...its))),
    );
  },
};

type TimeOf = (extracted: Extracted) => Readonly<UnixInstant> | undefined;

function textOnly(source: string, parse: LayoutParser): TimeOf {
  return (extracted) => {
    const text = toText(extracted.get(source));
    return text === undefined ? undefined : parse(text);
  };
}

/** A time that is still a piece of its line is read from there, if it has the usual form. */
function bytesFirst(source: string, parse: LayoutParser): TimeOf {
  const times = new UtcTimes();
  const textTime = textOnly(source, parse);
  return (extracted) => {
    const piece = extracted.getLine(source);
    const isRead = piece?.bytes !== undefined && times.read(piece.bytes, piece.start, piece.end);
    return isRead ? times : textTime(extracted);
  };
}

function firstOf(parsers: readonly LayoutParser[]): LayoutParser {
  const [first, ...fallbacks] = parsers;
  if (fallbacks.length === 0) return first!;
  return (text) => {
    for (const parse of parsers) {
      const time = parse(text);
      if (time !== undefined) return time;
    }
    return undefined;
  };
}

interface Instant {
  seconds: number;
  nanos: number;
}

/** The last time seen with each label set; the one that was not asked for the longest is forgotten first. */
class LastTimes {
  readonly #times = new Map<string, Instant>();
  #latest: Instant | undefined;
  #latestKey: string | undefined;

  remember({ key }: Labels, seconds: number, nanos: number): void {
    const last = this.#use(key);
    if (last !== undefined) {
      last.seconds = seconds;
      last.nanos = nanos;
      return;
    }
    this.#latest = { seconds, nanos };
    this.#latestKey = key;
    this.#times.set(key, this.#latest);
    if (this.#times.size > maxRemembered) this.#times.delete(this.#times.keys().next().value!);
  }

  /** Sets the entry a nanosecond after the last of its labels; leaves it alone when there was none. */
  continueFrom(entry: Entry): void {
    const last = this.#use(entry.labels.key);
    if (last === undefined) return;
    last.nanos += 1;
    if (last.nanos === 1_000_000_000) {
      last.seconds += 1;
      last.nanos = 0;
    }
    entry.seconds = last.seconds;
    entry.nanos = last.nanos;
  }

  #use(key: string): Instant | undefined {
    if (key === this.#latestKey) return this.#latest;
    const last = this.#times.get(key);
    if (last === undefined) return undefined;
    // A map keeps its keys in the order they were set.
    this.#times.delete(key);
    this.#times.set(key, last);
    this.#latest = last;
    this.#latestKey = key;
    return last;
  }
}
