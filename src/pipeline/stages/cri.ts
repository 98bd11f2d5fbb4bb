import { Buffer } from 'node:buffer';
import { mergeStakes, type Stake } from '../../entry/ack.js';
import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import { Line } from '../../entry/line.js';
import { decodeText, encodeText } from '../../entry/text.js';
import { checked, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { weakBool, weakInt, weakUint } from '../../fields/stage-fields.js';
import { nestedStages } from '../nested-stages.js';
import { eachEntry, type Stage, type StageDeps, type StageKind } from '../stage.js';
import { labels } from './labels.js';
import { output } from './output.js';
import { runtimeTime, timestamp } from './timestamp.js';

const schema = checked(
  stageStruct({
    max_partial_lines: withDefault(weakInt, 0),
    max_partial_line_size: withDefault(weakUint, 0),
    max_partial_line_size_truncate: withDefault(weakBool, false),
  }),
  ({ max_partial_line_size: size, max_partial_line_size_truncate: isTruncating }) =>
    isTruncating && size === Number.POSITIVE_INFINITY
      ? "'max_partial_line_size' may not be negative"
      : undefined,
);

type Options = Value<typeof schema>;

/** Reads what a container runtime writes, `<time> <stream> <flags> <content>`, and joins the lines it has split. */
export const cri: StageKind<Options> = {
  name: 'cri',
  schema,
  build(options, deps) {
    const parsing = criLine(deps);
    const joining = new JoinParts(options, deps);
    return {
      // The parsing stages never wait.
      process: (entries) => joining.process(parsing.process(entries) as Entry[]),
    };
  },
};

function criLine(deps: StageDeps): Stage {
  return nestedStages(
    eachEntry(extractFields),
    labels.build([{ name: 'stream', source: 'stream' }], deps),
    timestamp.build(runtimeTime('time'), deps),
    output.build({ source: 'content' }, deps),
    // Nothing here sets it, but a label or an earlier stage may have, and Promtail takes it.
    output.build({ source: 'tags' }, deps),
  );
}

const space = 0x20;

/** Where this does not find the four fields it leaves the entry as it is. */
function extractFields(entry: Entry, extracted: Extracted): true {
  const { line } = entry;
  const bytes = line.bytes ?? encodeText(line.text);
  const start = line.bytes === undefined ? 0 : line.start;
  const end = line.bytes === undefined ? bytes.length : line.end;

  const timeEnd = fieldEnd(bytes, start, end);
  if (timeEnd < 0) return true;
  const streamEnd = fieldEnd(bytes, timeEnd + 1, end);
  if (streamEnd < 0) return true;
  const stream = decodeText(bytes, timeEnd + 1, streamEnd);
  if (stream !== 'stdout' && stream !== 'stderr') return true;
  const flagsEnd = fieldEnd(bytes, streamEnd + 1, end);
  if (flagsEnd < 0) return true;

  extracted.set('time', Line.ofBytes(bytes, start, timeEnd));
  extracted.set('stream', stream);
  extracted.set('flags', decodeText(bytes, streamEnd + 1, flagsEnd));
  extracted.set('content', Line.ofBytes(bytes, flagsEnd + 1, end));
  return true;
}

/** Where the space after a field without blanks is; -1 when there is none, or another blank comes first. */
function fieldEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && !isBlank(bytes[at]!)) at++;
  return at > start && at < end && bytes[at] === space ? at : -1;
}

function isBlank(byte: number): boolean {
  return byte === space || byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d;
}

/** Promtail's bound for streams with held parts. */
const defaultMaxPartialLines = 100;

/** Keeps parts (flag `P`) back until the line of their label set is complete. Parts that never are stay unsettled, to be read again. */
class JoinParts {
  readonly #maxHeld: number;
  readonly #maxBytes: number;
  readonly #log: StageDeps['log'];
  #held = new Map<string, Parts>();
  #hasWarned = false;

  constructor(options: Options, { log }: StageDeps) {
    this.#maxHeld = options.max_partial_lines || defaultMaxPartialLines;
    this.#maxBytes = options.max_partial_line_size_truncate
      ? options.max_partial_line_size
      : Number.POSITIVE_INFINITY;
    this.#log = log;
  }

  process(entries: Entry[]): Entry[] {
    if (this.#held.size === 0 && !entries.some(isPart)) return entries;
    const out: Entry[] = [];
    for (const entry of entries) {
      if (isPart(entry)) this.#hold(entry, out);
      else out.push(this.#complete(entry));
    }
    return out;
  }

  #hold(entry: Entry, out: Entry[]): void {
    const { key } = entry.labels;
    if (this.#held.size >= this.#maxHeld) {
      for (const parts of this.#held.values()) out.push(parts.join());
      this.#held.clear();
      this.#warn();
    }
    const parts = this.#held.get(key) ?? new Parts(this.#maxBytes);
    parts.add(entry);
    this.#held.set(key, parts);
  }

  #complete(entry: Entry): Entry {
    const parts = this.#held.get(entry.labels.key);
    if (parts === undefined) return entry;
    this.#held.delete(entry.labels.key);
    parts.add(entry);
    return parts.join();
  }

  #warn(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#log.warn(
      { max_partial_lines: this.#maxHeld },
      'cri stage: too many streams with partial lines, sent them unjoined',
    );
  }
}

function isPart(entry: Entry): boolean {
  return entry.extracted!.get('flags') === 'P';
}

/** The parts of one line so far. Joined as bytes, as runtimes split lines within characters. */
class Parts {
  readonly #maxBytes: number;
  readonly #lines: Line[] = [];
  readonly #stakes: Stake[] = [];
  #bytes = 0;
  #last: Entry | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(entry: Entry): void {
    entry.line.keep();
    entry.extracted!.keep();
    this.#last = entry;
    this.#stakes.push({ ack: entry.ack, lines: entry.lines });
    if (this.#bytes < this.#maxBytes) this.#lines.push(entry.line);
    this.#bytes += entry.line.byteLength;
  }

  /** Labels, time and extracted values are those of the last part. */
  join(): Entry {
    const entry = this.#last!;
    const bytes = Buffer.concat(this.#lines.map(bytesOf));
    entry.line = Line.ofBytes(bytes, 0, Math.min(bytes.length, this.#maxBytes));
    const { ack, lines } = mergeStakes(this.#stakes);
    entry.ack = ack;
    entry.lines = lines;
    return entry;
  }
}

function bytesOf(line: Line): Buffer {
  return line.bytes?.subarray(line.start, line.end) ?? encodeText(line.text);
}
