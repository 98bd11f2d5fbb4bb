import type { Buffer } from 'node:buffer';
import { noAck } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import { type Labels, tenantLabel } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { decodeText } from '../../entry/text.js';
import { parseJson } from '../../go/json/parse.js';
import { fieldOf, isObject, type JsonObject, type JsonValue } from '../../go/json/value.js';
import { ReceivedLabels } from '../received-labels.js';
import type { MessageTime } from '../syslog/message.js';
import { readRfc3339 } from '../syslog/timestamp.js';
import type { TargetDeps } from '../target.js';
import type { GcplogOptions } from './gcplog-schema.js';

/** What a message says is no log entry of Google Cloud. */
export class LogEntryError extends Error {
  override readonly name = 'LogEntryError';
}

/** Makes entries of what Cloud Logging publishes. */
export class LogEntryReader {
  readonly #options: GcplogOptions;
  readonly #deps: TargetDeps;
  readonly #receivedLabels: ReceivedLabels;

  constructor(options: GcplogOptions, deps: TargetDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#receivedLabels = new ReceivedLabels(deps);
  }

  /** Undefined when a rule drops it. `found` are labels for the rules besides its own. Throws a LogEntryError. */
  read(data: Buffer, found: readonly [string, string][] = [], tenant = ''): Entry | undefined {
    const text = decodeText(data);
    const document = parseJson(text);
    if (document === undefined) throw new LogEntryError('not a JSON object');
    const labels = this.#labels([...found, ...labelsOf(document)], tenant);
    if (labels === undefined) return undefined;
    const { use_full_line, use_incoming_timestamp } = this.#options;
    const time = use_incoming_timestamp ? timeOf(document) : this.#timeNow();
    const payload = textOf(document, 'textPayload');
    const line = use_full_line || payload.trim() === '' ? Line.ofBytes(data) : Line.ofText(payload);
    return new Entry(labels, time.seconds, time.nanos, line, noAck);
  }

  /** What cannot be read as a log entry, as it came. */
  asItCame(data: Buffer): Entry {
    const { seconds, nanos } = this.#timeNow();
    return new Entry(
      this.#deps.labelSets.of(this.#options.labels),
      seconds,
      nanos,
      Line.ofBytes(data),
      noAck,
    );
  }

  /** The labels of the config win over those that the rules make. */
  #labels(found: readonly [string, string][], tenant: string): Labels | undefined {
    let labels = this.#receivedLabels.of(found);
    if (labels === undefined) return undefined;
    for (const [name, value] of this.#options.labels) labels = labels.with(name, value);
    return tenant === '' ? labels : labels.with(tenantLabel, tenant);
  }

  #timeNow(): MessageTime {
    const { clock, now } = this.#deps;
    clock.tick(now());
    return { seconds: clock.seconds, nanos: clock.nanos };
  }
}

/** A name as Loki takes it: `logging.googleapis.com/logName` → `logging_googleapis_com_log_name`. */
export function labelName(name: string): string {
  const separated = name.replace(/[./-]/g, '_');
  const snake = separated.replace(/(?<=[^_])\p{Lu}/gu, '_$&');
  return snake.toLowerCase();
}

function labelsOf(document: JsonObject): [string, string][] {
  const resource = objectOf(document, 'resource');
  return [
    ['__gcp_logname', textOf(document, 'logName')],
    ['__gcp_resource_type', textOf(resource, 'type')],
    ['__gcp_severity', textOf(document, 'severity')],
    ...prefixed('__gcp_resource_labels_', objectOf(resource, 'labels')),
    ...prefixed('__gcp_labels_', objectOf(document, 'labels')),
  ];
}

function prefixed(prefix: string, values: JsonObject): [string, string][] {
  return Object.keys(values).map((name) => [prefix + labelName(name), textOf(values, name)]);
}

function timeOf(document: JsonObject): MessageTime {
  const text = textOf(document, 'timestamp') || textOf(document, 'receiveTimestamp');
  const time = readRfc3339(text);
  if (time === undefined) throw new LogEntryError(`invalid timestamp format: ${JSON.stringify(text)}`);
  return time;
}

/** What is not a text counts as absent. */
export function textOf(object: JsonObject, name: string): string {
  const value: JsonValue = fieldOf(object, name);
  return typeof value === 'string' ? value : '';
}

export function objectOf(object: JsonObject, name: string): JsonObject {
  const value: JsonValue = fieldOf(object, name);
  return isObject(value) ? value : {};
}
