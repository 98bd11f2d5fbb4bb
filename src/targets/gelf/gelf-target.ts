import type { Buffer } from 'node:buffer';
import { noAck } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import { bool } from '../../fields/scalars.js';
import { optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { sharedCounter } from '../../metrics/shared-metrics.js';
import { DatagramInlet } from '../datagram-inlet.js';
import { listenAddress } from '../listen-address.js';
import { fromNanoseconds } from '../nanoseconds.js';
import { ReceivedLabels } from '../received-labels.js';
import { severityName } from '../syslog/message.js';
import type { Target, TargetDeps, TargetKind } from '../target.js';
import { targetLabels } from '../target-labels.js';
import { Chunks, GelfError } from './chunks.js';
import { type GelfMessage, readGelf } from './gelf-message.js';

const options = struct({
  listen_address: withDefault(listenAddress, { host: '', port: 12_201 }),
  labels: targetLabels,
  use_incoming_timestamp: withDefault(bool, false),
});
type GelfOptions = Value<typeof options>;

/** What Graylog's libraries send over UDP, whole or in parts, packed or not. */
export const gelf: TargetKind<GelfOptions> = {
  name: 'gelf',
  field: optional(options),
  usesPositions: false,
  build: (config, deps) => new GelfTarget(config, deps),
};

export class GelfTarget implements Target {
  readonly type = 'gelf';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string>;
  readonly isReady = true;
  readonly #options: GelfOptions;
  readonly #deps: TargetDeps;
  readonly #inlet: DatagramInlet;
  readonly #chunks: Chunks;
  readonly #receivedLabels: ReceivedLabels;
  readonly #entries;
  readonly #errors;
  /** What was wrong with the last message that could not be read. */
  #lastFault: string | undefined;

  constructor(config: GelfOptions, deps: TargetDeps) {
    this.labels = config.labels;
    this.#options = config;
    this.#deps = deps;
    this.#receivedLabels = new ReceivedLabels(deps);
    const counter = (name: string, help: string) => sharedCounter(deps.registry, { name, help });
    this.#entries = counter('promtail_gelf_target_entries_total', 'Messages that were taken.');
    this.#errors = counter('promtail_gelf_target_parsing_errors_total', 'Messages that could not be read.');
    this.#chunks = new Chunks((messages) => {
      this.#errors.inc(messages);
      deps.log.warn({ messages }, 'gave up messages of which parts are missing');
    });
    const read = (bytes: Buffer, address: string) => this.#read(bytes, address);
    this.#inlet = new DatagramInlet(config.listen_address, read, deps.intake(), deps);
  }

  get port(): number {
    return this.#inlet.port;
  }

  async start(): Promise<void> {
    await this.#inlet.open();
    this.#deps.log.info({ port: this.port }, 'listening for GELF');
  }

  async stop(): Promise<void> {
    await this.#inlet.close();
    this.#chunks.giveUp(Number.POSITIVE_INFINITY);
  }

  details(): Record<string, unknown> {
    return { port: this.port, lastFault: this.#lastFault };
  }

  #read(datagram: Buffer, address: string): Entry[] {
    try {
      const whole = this.#chunks.add(datagram, address, this.#deps.now());
      const message = whole === undefined ? undefined : readGelf(whole);
      const entry = message === undefined ? undefined : this.#entryOf(message);
      return entry === undefined ? [] : [entry];
    } catch (error) {
      if (!(error instanceof GelfError)) throw error;
      this.#noteFault(error.message, 'cannot read a GELF message');
      return [];
    }
  }

  /** Undefined when it is dropped by a rule. */
  #entryOf(message: GelfMessage): Entry | undefined {
    this.#entries.inc();
    if (message.fault !== undefined)
      this.#noteFault(message.fault, 'a message with a field of the wrong type is sent as it came');
    const labels = this.#receivedLabels.of([
      ...this.#options.labels,
      ['__gelf_message_level', severityName(message.level) ?? ''],
      ['__gelf_message_host', message.host],
      ['__gelf_message_version', message.version],
      ['__gelf_message_facility', message.facility],
    ]);
    if (labels === undefined) return undefined;
    const { seconds, nanos } = this.#timeOf(message);
    return new Entry(labels, seconds, nanos, Line.ofText(message.line), noAck);
  }

  #timeOf({ timestamp }: GelfMessage): { seconds: number; nanos: number } {
    const { clock, now } = this.#deps;
    if (!this.#options.use_incoming_timestamp || timestamp === 0) {
      clock.tick(now());
      return clock;
    }
    // As Go multiplies it.
    return fromNanoseconds(BigInt(Math.trunc(timestamp * 1e9)));
  }

  #noteFault(fault: string, message: string): void {
    this.#errors.inc();
    if (this.#lastFault === undefined)
      this.#deps.log.warn({ fault }, `${message}; told once, then only counted`);
    this.#lastFault = fault;
  }
}
