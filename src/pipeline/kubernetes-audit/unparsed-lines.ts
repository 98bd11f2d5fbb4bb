import type { Logger } from 'pino';
import type { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import { Metadata, type MetadataPair } from '../../entry/metadata.js';
import type { AuditMetrics } from '../../metrics/audit-metrics.js';
import type { Tally } from '../../metrics/tally.js';
import { Quarantine } from '../../quarantine/quarantine.js';
import type { Unparsed } from './event-finder.js';
import type { AuditOptions } from './options.js';

/**
 * What may be or hold a secret in a line that cannot be read as an event: the rules that go by the parts of an event find nothing
 * there. The event may be the text of something else, its quotes escaped.
 */
const suspicious = new RegExp(
  [
    String.raw`stringData|Secret(?:s|List)?\\*"|Token(?:Re|\\*")|Certificate|OAuth(?:Access|Authorize)Token`,
    'eyJ|PRIVATE KEY|AKIA|ASIA|bearer|passw(?:or)?d',
    '(?:token|secret|signature|sig|api_?key)=|x-(?:amz|goog)-',
    String.raw`-applied-configuration|patch\.webhook\.`,
    // What could hide those: escapes of JSON and of URLs.
    String.raw`\\u00(?:2[0d-f]|3d|[4-7])|%(?:[46][1-9a-f]|[57][0-9a])`,
  ].join('|'),
  'i',
);

const advice: Partial<Record<Unparsed, string>> = {
  legacy:
    'these lines are in the format of --audit-log-format=legacy, which has no resource and no level; set --audit-log-format=json',
  truncated: 'the log service has cut these lines; they are shipped without labels',
};

/** Ships lines that are no events as they are, if they are harmless, and else a notice in their place. */
export class UnparsedLines {
  readonly #quarantine: Quarantine;
  readonly #maxLineSize: number;
  readonly #isGuarded: boolean;
  readonly #metrics: AuditMetrics;
  readonly #log: Logger;
  readonly #warned = new Set<Unparsed>();

  constructor({ quarantine, max_line_size, redact }: AuditOptions, metrics: AuditMetrics, log: Logger) {
    this.#quarantine = new Quarantine(quarantine, log);
    this.#maxLineSize = max_line_size;
    this.#isGuarded = redact.objects || redact.urls || redact.patterns || redact.copies;
    this.#metrics = metrics;
    this.#log = log;
  }

  /** The entry's line becomes `bytes`, or a notice. */
  write(entry: Entry, bytes: Buffer, reason: Unparsed, tally: Tally): void {
    this.#warn(reason);
    tally.count(this.#metrics.unparsed.at(reason).series);
    const danger = this.#dangerOf(bytes);
    const metadata: MetadataPair[] = [
      ...(entry.metadata?.pairs() ?? []),
      ['severity', 'warn'],
      ['unparsed', reason],
    ];
    if (danger === undefined) {
      entry.line = Line.ofBytes(bytes);
    } else {
      entry.line = Line.ofBytes(this.#quarantine.keep(bytes, danger));
      metadata.push(['quarantined', danger]);
      tally.count(this.#metrics.quarantined.at(danger).series);
    }
    entry.metadata = Metadata.of(metadata);
  }

  /** Why the line must not be shipped, if so. */
  #dangerOf(bytes: Buffer): 'too_big' | 'secret' | undefined {
    if (bytes.length > this.#maxLineSize) return 'too_big';
    return this.#isGuarded && suspicious.test(bytes.toString('latin1')) ? 'secret' : undefined;
  }

  #warn(reason: Unparsed): void {
    if (this.#warned.has(reason)) return;
    this.#warned.add(reason);
    this.#log.warn({ reason, advice: advice[reason] }, 'there are lines that are not audit events');
  }
}
