import type { Buffer } from 'node:buffer';
import { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import { encodeText } from '../../entry/text.js';
import { ConfigError } from '../../fields/problems.js';
import type { AuditMetrics } from '../../metrics/audit-metrics.js';
import type { LatestSeries } from '../../metrics/series-tree.js';
import type { Count } from '../../metrics/stage-metrics.js';
import { Tally } from '../../metrics/tally.js';
import type { Stage, StageDeps } from '../stage.js';
import { AuditEvent, part } from './audit-event.js';
import { commitWhenSettled } from './commit-when-settled.js';
import { endedByNewline } from './ended-by-newline.js';
import { EntryWriter } from './entry-writer.js';
import { findEvent, type Unparsed } from './event-finder.js';
import type { AuditOptions } from './options.js';
import { PendingRequests } from './pending-requests.js';
import { Pseudonyms } from './redact/pseudonyms.js';
import { markers } from './redact/secret-markers.js';
import { Signals } from './signals.js';
import type { Traits } from './traits.js';
import { UnparsedLines } from './unparsed-lines.js';
import type { Unwrapped } from './wrappers/unwrapped.js';

/** They may last for hours, and their beginning is what one wants to know of. */
const sessions = new Set(['exec', 'attach', 'portforward']);

/** Reads each line as an audit event and makes an entry of it. One line makes one entry, or as many as a wrapper holds, or a counted drop. */
export class AuditStage implements Stage {
  readonly #event = new AuditEvent(markers);
  readonly #writer: EntryWriter;
  readonly #unparsed: UnparsedLines;
  readonly #signals: Signals | undefined;
  readonly #metrics: AuditMetrics;
  readonly #dropsReceived: boolean;
  readonly #dropsStarted: boolean;
  readonly #pending = new PendingRequests();
  readonly #dropped: Count;
  readonly #now: () => number;
  /** Stands in for the time of lines that have none: of the last event, as the time they are read differs from read to read. */
  #lastMicros = Number.NaN;
  #tally = new Tally();
  #lastLabels: Labels | undefined;
  #lastEvent: LatestSeries | undefined;

  constructor(options: AuditOptions, { log, metrics, now, isTrial, sendersWait }: StageDeps) {
    if (sendersWait && options.drop_stages.includes('RequestReceived'))
      throw new ConfigError(
        'kubernetes_audit stage: drop_stages: RequestReceived holds events until their requests have ended, and those who send them here wait for an answer meanwhile; use omitStages of the audit policy',
      );
    const { pseudonym_key_file } = options.redact;
    const pseudonyms = pseudonym_key_file === '' ? undefined : Pseudonyms.fromFile(pseudonym_key_file);
    this.#metrics = metrics.audit;
    this.#writer = new EntryWriter({
      options,
      metrics: metrics.audit,
      pseudonyms,
      warn: (about, message) => log.warn(about, message),
    });
    this.#unparsed = new UnparsedLines(
      isTrial ? withoutQuarantineFile(options) : options,
      metrics.audit,
      log,
    );
    this.#signals = options.signals
      ? new Signals(metrics.audit, (name) => pseudonyms?.of(name) ?? name)
      : undefined;
    this.#dropsReceived = options.drop_stages.includes('RequestReceived');
    this.#dropsStarted = options.drop_stages.includes('ResponseStarted');
    this.#dropped = metrics.droppedLines('kubernetes_audit_stage');
    this.#now = now;
  }

  process(entries: Entry[]): Entry[] {
    this.#tally = new Tally(entries.length);
    const out: Entry[] = [];
    for (const entry of entries) {
      const { bytes, start, end } = entry.line;
      if (bytes === undefined || bytes[end] !== newline) {
        const line = bytes === undefined ? encodeText(entry.line.text) : bytes.subarray(start, end);
        this.#takeCopy(entry, line, out);
      } else {
        this.#take(entry, bytes, start, end, out);
      }
    }
    commitWhenSettled(out, this.#tally);
    const orphans = this.#pending.takeOrphans(this.#now());
    return orphans.length === 0 ? out : [...orphans, ...out];
  }

  flush(nowMs: number): Entry[] {
    return this.#pending.takeOrphans(nowMs);
  }

  dueAt(): number | undefined {
    return this.#pending.dueAt();
  }

  /** A line that is not followed by a newline in its chunk, or that was made by a stage or found in a wrapper. */
  #takeCopy(entry: Entry, line: Uint8Array, out: Entry[]): void {
    const bytes = endedByNewline(line);
    this.#take(entry, bytes, 0, line.length, out);
  }

  #take(entry: Entry, bytes: Buffer, start: number, end: number, out: Entry[]): void {
    const found = findEvent(this.#event, bytes, start, end);
    switch (found.kind) {
      case 'event':
        this.#takeEvent(entry, true, out);
        break;
      case 'wrapped':
        this.#takeWrapped(entry, found.events, out);
        break;
      case 'torn': {
        this.#tally.count(this.#metrics.tornLines.series);
        const fragment = split(entry, 2)[0]!;
        this.#takeUnparsed(fragment, bytes.subarray(start, found.at), 'torn', out);
        this.#takeEvent(entry, false, out);
        break;
      }
      case 'unparsed':
        this.#takeUnparsed(entry, bytes.subarray(start, end), found.reason, out);
        break;
    }
  }

  #takeWrapped(entry: Entry, events: readonly Unwrapped[], out: Entry[]): void {
    if (events.length === 0) {
      this.#drop(entry);
      return;
    }
    const parts = split(entry, events.length);
    for (const [index, { text, labels }] of events.entries()) {
      const copy = parts[index]!;
      for (const [name, value] of Object.entries(labels)) {
        if (!copy.labels.has(name)) copy.labels = copy.labels.with(name, value);
      }
      this.#takeUnwrapped(copy, encodeText(text.trimEnd()), out);
    }
  }

  /** Wrappers are not looked for within wrappers. */
  #takeUnwrapped(entry: Entry, line: Buffer, out: Entry[]): void {
    const bytes = endedByNewline(line);
    const found = findEvent(this.#event, bytes, 0, line.length);
    if (found.kind === 'event') this.#takeEvent(entry, false, out);
    else this.#takeUnparsed(entry, line, found.kind === 'unparsed' ? found.reason : 'not_event', out);
  }

  #takeEvent(entry: Entry, isOwnLine: boolean, out: Entry[]): void {
    const event = this.#event;
    const { micros } = event;
    if (!Number.isNaN(micros)) this.#lastMicros = micros;
    setTime(entry, this.#lastMicros);
    this.#signals?.count(event, this.#tally);
    if (!Number.isNaN(this.#lastMicros))
      this.#tally.raise(this.#lastEventOf(entry.labels), this.#lastMicros / 1e6);
    if (this.#dropsReceived && event.traits.stage !== 'RequestReceived') this.#release(event);
    if (this.#dropsStarted && isStartUnneeded(event.traits)) {
      this.#drop(entry);
      return;
    }
    this.#writer.write(entry, event, isOwnLine, this.#tally);
    if (!this.#dropsReceived || !this.#hold(entry, event)) out.push(entry);
  }

  /** Another event of the request makes the one of its beginning superfluous. */
  #release(event: AuditEvent): void {
    this.#pending.advanceTo(this.#lastMicros);
    const held = this.#pending.release(requestKey(event));
    if (held !== undefined) this.#drop(held);
  }

  #hold(entry: Entry, event: AuditEvent): boolean {
    if (event.traits.stage !== 'RequestReceived') return false;
    this.#pending.advanceTo(this.#lastMicros);
    return this.#pending.hold(requestKey(event), entry, this.#lastMicros, this.#now());
  }

  #takeUnparsed(entry: Entry, bytes: Buffer, reason: Unparsed, out: Entry[]): void {
    setTime(entry, this.#lastMicros);
    this.#unparsed.write(entry, bytes, reason, this.#tally);
    out.push(entry);
  }

  #drop(entry: Entry): void {
    entry.ack.done(entry.lines);
    this.#dropped.add(1);
  }

  #lastEventOf(labels: Labels): LatestSeries {
    if (labels !== this.#lastLabels) {
      this.#lastLabels = labels;
      this.#lastEvent = this.#metrics.lastEvent.at(labels.get('instance') ?? '').series;
    }
    return this.#lastEvent!;
  }
}

function withoutQuarantineFile(options: AuditOptions): AuditOptions {
  return { ...options, quarantine: { ...options.quarantine, file: '' } };
}

const newline = 0x0a;

function setTime(entry: Entry, micros: number): void {
  if (Number.isNaN(micros)) return;
  entry.seconds = Math.floor(micros / 1e6);
  entry.nanos = (micros - entry.seconds * 1e6) * 1000;
}

/** The same for all events of a request, whatever its client sends as audit id. */
function requestKey(event: AuditEvent): string {
  return `${event.text(part.auditId)} ${event.receivedMicros}`;
}

/** The only event of a request that failed to authenticate has no user. */
function isStartUnneeded({ stage, username, subresource }: Traits): boolean {
  return stage === 'ResponseStarted' && username !== '' && !sessions.has(subresource);
}

/** So many entries for one, itself the last; the others' lines are yet to be set. */
function split(entry: Entry, count: number): Entry[] {
  entry.ack.add(entry.lines * (count - 1));
  const copies = Array.from({ length: count - 1 }, () => {
    const copy = new Entry(entry.labels, entry.seconds, entry.nanos, entry.line, entry.ack);
    copy.lines = entry.lines;
    copy.metadata = entry.metadata;
    copy.extracted = entry.extracted?.copy();
    return copy;
  });
  return [...copies, entry];
}
