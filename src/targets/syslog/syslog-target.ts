import type { Buffer } from 'node:buffer';
import { noAck } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import type { Intake } from '../../entry/intake.js';
import { Line } from '../../entry/line.js';
import { decodeText } from '../../entry/text.js';
import { optional } from '../../fields/schema.js';
import { sharedCounter } from '../../metrics/shared-metrics.js';
import { DatagramInlet } from '../datagram-inlet.js';
import { HostNames } from '../host-names.js';
import { ReceivedLabels } from '../received-labels.js';
import type { Target, TargetDeps, TargetKind } from '../target.js';
import { FramingError, framingFor } from './framing.js';
import { type MessageTime, priorityLabels, readPriority, type SyslogMessage } from './message.js';
import { readRfc3164 } from './rfc3164.js';
import { readRfc5424 } from './rfc5424.js';
import { type SyslogOptions, syslogSchema } from './syslog-schema.js';
import { TcpInlet } from './tcp-inlet.js';

/** What syslog daemons send, over TCP, with TLS or not, or UDP. */
export const syslog: TargetKind<SyslogOptions> = {
  name: 'syslog',
  field: optional(syslogSchema),
  usesPositions: false,
  build: (options, deps) => new SyslogTarget(options, deps),
};

const usualIdleMs = 120_000;
const usualMaxBytes = 8192;

export class SyslogTarget implements Target {
  readonly type = 'Syslog';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string>;
  readonly #options: SyslogOptions;
  readonly #deps: TargetDeps;
  readonly #intake: Intake;
  readonly #inlet: TcpInlet | DatagramInlet;
  readonly #metrics;
  readonly #hostNames: HostNames;
  readonly #receivedLabels: ReceivedLabels;
  readonly #maxMessageBytes: number;
  /** What was wrong with the last message that could not be read. */
  #lastFault: string | undefined;
  #isListening = false;

  constructor(options: SyslogOptions, deps: TargetDeps) {
    this.labels = options.labels;
    this.#options = options;
    this.#deps = deps;
    this.#intake = deps.intake();
    this.#metrics = metricsIn(deps);
    this.#hostNames = new HostNames(deps.now);
    this.#receivedLabels = new ReceivedLabels(deps);
    this.#maxMessageBytes = options.max_message_length || usualMaxBytes;
    this.#inlet = options.listen_protocol === 'udp' ? this.#overUdp() : this.#overTcp();
  }

  get isReady(): boolean {
    return this.#isListening;
  }

  get port(): number {
    return this.#inlet.port;
  }

  async start(): Promise<void> {
    await this.#inlet.open();
    this.#isListening = true;
    const { listen_protocol, tls_config } = this.#options;
    this.#deps.log.info(
      { port: this.port, protocol: listen_protocol || 'tcp', tls: tls_config !== undefined },
      'listening for syslog',
    );
  }

  async stop(): Promise<void> {
    this.#isListening = false;
    await this.#inlet.close();
  }

  details(): Record<string, unknown> {
    const { listen_protocol, tls_config } = this.#options;
    const protocol = tls_config === undefined ? listen_protocol || 'tcp' : 'tls';
    const connections = this.#inlet instanceof TcpInlet ? this.#inlet.connections : undefined;
    return { port: this.port, protocol, connections, lastFault: this.#lastFault };
  }

  #overTcp(): TcpInlet {
    const { listen_address, tls_config, idle_timeout } = this.#options;
    return new TcpInlet(listen_address, tls_config, {
      log: this.#deps.log,
      maxMessageBytes: this.#maxMessageBytes,
      onCut: () => this.#metrics.cut.inc(),
      idleMs: idle_timeout || usualIdleMs,
      take: async (messages, address) => {
        const entries = await this.#entriesOf(messages, address);
        if (entries.length > 0) await this.#intake.push(entries);
      },
      onError: (error) => this.#tellError(error),
    });
  }

  #overUdp(): DatagramInlet {
    const read = (bytes: Buffer, address: string) => this.#entriesOf(this.#messagesOf(bytes), address);
    return new DatagramInlet(this.#options.listen_address, read, this.#intake, this.#deps);
  }

  /** A datagram may hold several messages, framed as over TCP. */
  #messagesOf(datagram: Buffer): Buffer[] {
    const messages: Buffer[] = [];
    let bytes = datagram;
    if (bytes.length > this.#maxMessageBytes) {
      bytes = bytes.subarray(0, this.#maxMessageBytes);
      this.#metrics.cut.inc();
    }
    if (bytes.length === 0) return messages;
    try {
      const limits = { maxMessageBytes: this.#maxMessageBytes, onCut: () => this.#metrics.cut.inc() };
      const framing = framingFor(bytes[0]!, limits);
      framing.add(bytes, messages);
      framing.end(messages);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#tellError(error);
    }
    return messages;
  }

  #entriesOf(messages: readonly Buffer[], address: string): Entry[] | Promise<Entry[]> {
    const names = this.#hostNames.of(address);
    if (names instanceof Promise) return names.then((found) => this.#entriesFrom(messages, address, found));
    return this.#entriesFrom(messages, address, names);
  }

  #entriesFrom(messages: readonly Buffer[], address: string, hostNames: string): Entry[] {
    const common: [string, string][] = [
      ...this.#options.labels,
      ['__syslog_connection_ip_address', address],
      ['__syslog_connection_hostname', hostNames],
    ];
    const entries: Entry[] = [];
    for (const message of messages) {
      const entry = this.#entryOf(message, common);
      if (entry !== undefined) entries.push(entry);
    }
    this.#metrics.entries.inc(entries.length);
    return entries;
  }

  /** Undefined for a message that is empty, or dropped by a rule. */
  #entryOf(bytes: Buffer, common: readonly [string, string][]): Entry | undefined {
    const source = decodeText(bytes);
    const { syslog_format, use_rfc5424_message, use_incoming_timestamp } = this.#options;
    const { now } = this.#deps;
    const message = syslog_format === 'rfc3164' ? readRfc3164(source, now()) : readRfc5424(source);
    if (message?.text === '') {
      this.#metrics.empty.inc();
      return undefined;
    }
    // Promtail loses what it cannot read; here it goes on as it came.
    const own = message === undefined ? this.#unreadable(source) : this.#labelsOf(message);
    const labels = this.#receivedLabels.of([...common, ...own]);
    if (labels === undefined) return undefined;
    const time = (use_incoming_timestamp ? message?.time : undefined) ?? this.#timeNow();
    const text =
      message === undefined ? source : ((use_rfc5424_message ? message.full : undefined) ?? message.text);
    return new Entry(labels, time.seconds, time.nanos, Line.ofText(text), noAck);
  }

  #labelsOf({
    priority,
    hostname,
    appName,
    procId,
    msgId,
    structuredData,
  }: SyslogMessage): [string, string][] {
    const pairs: [string, string][] = [
      ...priorityLabels(priority),
      ['__syslog_message_hostname', hostname ?? ''],
      ['__syslog_message_app_name', appName ?? ''],
      ['__syslog_message_proc_id', procId ?? ''],
      ['__syslog_message_msg_id', msgId ?? ''],
    ];
    if (!this.#options.label_structured_data) return pairs;
    for (const [id, parameters] of structuredData ?? [])
      for (const [name, value] of parameters)
        pairs.push([`__syslog_message_sd_${id.replaceAll('@', '_')}_${name}`, value]);
    return pairs;
  }

  #unreadable(source: string): [string, string][] {
    const fault = `not ${this.#options.syslog_format}: ${source.slice(0, 200)}`;
    this.#noteFault(fault, 'a message that cannot be read is sent as it came');
    const start = readPriority(source);
    return start === undefined ? [] : priorityLabels(start.priority);
  }

  #timeNow(): MessageTime {
    const { clock, now } = this.#deps;
    clock.tick(now());
    return { seconds: clock.seconds, nanos: clock.nanos };
  }

  #tellError(error: Error): void {
    if (error instanceof FramingError) this.#noteFault(error.message, 'cannot read what was sent');
    else this.#deps.log.warn({ error: error.message }, 'a connection has failed');
  }

  #noteFault(fault: string, message: string): void {
    this.#metrics.errors.inc();
    if (this.#lastFault === undefined)
      this.#deps.log.warn({ fault }, `${message}; told once, then only counted`);
    this.#lastFault = fault;
  }
}

function metricsIn({ registry }: TargetDeps) {
  const counter = (name: string, help: string) => sharedCounter(registry, { name, help });
  return {
    entries: counter('promtail_syslog_target_entries_total', 'Messages that were taken.'),
    errors: counter('promtail_syslog_target_parsing_errors_total', 'Messages that could not be read.'),
    empty: counter('promtail_syslog_empty_messages_total', 'Messages without any text, which were dropped.'),
    cut: counter('auditail_syslog_cut_messages_total', 'Messages cut to max_message_length.'),
  };
}
