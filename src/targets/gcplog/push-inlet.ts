import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Entry } from '../../entry/entry.js';
import { tenantLabel } from '../../entry/labels.js';
import { decodeText } from '../../entry/text.js';
import { parseJson } from '../../go/json/parse.js';
import type { JsonObject } from '../../go/json/value.js';
import { sharedCounter } from '../../metrics/shared-metrics.js';
import { BadRequestError, metricsName, PushTarget, usualMaxWaitMs } from '../push-target.js';
import type { TargetDeps } from '../target.js';
import type { GcplogOptions } from './gcplog-schema.js';
import { LogEntryError, LogEntryReader, labelName, objectOf, textOf } from './log-entry.js';

/** Pub/Sub's messages have no more than 10 MB, a third more as base64. */
const maxBodyBytes = 16 * 1024 * 1024;

/** `subscription_type: push`: Pub/Sub posts each message, and again until it is answered with success. */
export function gcplogPush(options: GcplogOptions, deps: TargetDeps): PushTarget {
  const reader = new PushReader(options, deps);
  return new PushTarget(
    {
      type: 'Gcplog',
      server: options.server,
      labels: options.labels,
      metricsPrefix: `promtail_gcp_push_target_${metricsName(deps.jobName)}_`,
      inlets: [
        {
          path: '/gcp/api/v1/push',
          maxBodyBytes,
          maxWaitMs: options.push_timeout || usualMaxWaitMs,
          read: (body, request) => reader.read(body, request),
        },
      ],
    },
    deps,
  );
}

class PushReader {
  readonly #entries: LogEntryReader;
  readonly #taken;
  readonly #errors;

  constructor(options: GcplogOptions, { registry, ...deps }: TargetDeps) {
    this.#entries = new LogEntryReader(options, { registry, ...deps });
    this.#taken = sharedCounter(registry, {
      name: 'promtail_gcp_push_target_entries_total',
      help: 'Messages that were taken.',
    });
    this.#errors = sharedCounter(registry, {
      name: 'promtail_gcp_push_target_parsing_errors_total',
      help: 'Messages that could not be read.',
      labelNames: ['reason'],
    });
  }

  read(body: Buffer, { headers }: IncomingMessage): Entry[] {
    const push = parseJson(decodeText(body));
    if (push === undefined) throw this.#bad('format', 'not a JSON object');
    const message = objectOf(push, 'message');
    const data = textOf(message, 'data');
    const id = textOf(message, 'message_id');
    const subscription = textOf(push, 'subscription');
    if (data === '') throw this.#bad('invalid_message', 'push message has no data');
    if (id === '') throw this.#bad('invalid_message', 'push message has no ID');
    if (subscription === '') throw this.#bad('invalid_message', 'push message has no subscription');
    const tenant = String(headers['x-scope-orgid'] ?? '');
    const entry = this.#translate(data, tenant, [
      ['__gcp_message_id', id],
      ['__gcp_subscription_name', subscription],
      ...attributesOf(message),
      [tenantLabel, tenant],
    ]);
    if (entry === undefined) return [];
    this.#taken.inc();
    return [entry];
  }

  #translate(data: string, tenant: string, labels: readonly [string, string][]): Entry | undefined {
    if (!/^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/.test(data))
      throw this.#bad('translation', 'failed to decode data');
    try {
      return this.#entries.read(Buffer.from(data, 'base64'), labels, tenant);
    } catch (error) {
      if (!(error instanceof LogEntryError)) throw error;
      throw this.#bad('translation', `failed to parse logs entry: ${error.message}`);
    }
  }

  #bad(reason: string, message: string): BadRequestError {
    this.#errors.inc({ reason });
    return new BadRequestError(message);
  }
}

function attributesOf(message: JsonObject): [string, string][] {
  const attributes = objectOf(message, 'attributes');
  return Object.keys(attributes).map((name) => [
    `__gcp_attributes_${labelName(name)}`,
    textOf(attributes, name),
  ]);
}
