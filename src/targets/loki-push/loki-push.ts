import type { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { noAck } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { bool, int } from '../../fields/scalars.js';
import { block, optional, struct, type Value, withDefault } from '../../fields/schema.js';
import { answerText } from '../../http/listener.js';
import { listenerSchema } from '../../http/listener-schema.js';
import { finalLabels } from '../final-labels.js';
import { BadRequestError, metricsName, PushTarget, usualMaxWaitMs } from '../push-target.js';
import type { TargetDeps, TargetKind } from '../target.js';
import { targetLabels } from '../target-labels.js';
import type { PushedStream } from './pushed-stream.js';
import { readPush } from './read-push.js';
import { parseStreamLabels, StreamLabelsError } from './stream-labels.js';

const options = struct({
  server: block(listenerSchema),
  labels: targetLabels,
  use_incoming_timestamp: withDefault(bool, false),
  max_send_msg_size: withDefault(int, 0),
});
type LokiPushOptions = Value<typeof options>;

const usualMaxBytes = 100 * 1024 * 1024;
/** What a body may unpack to, unless it may be bigger than that packed. */
const maxUnpackedBytes = 256 * 1024 * 1024;
/** Label sets that are remembered by how they were written. */
const maxRemembered = 10_000;

/** What other agents push to, as they do to Loki; and lines as they are, at a path of their own. */
export const lokiPush: TargetKind<LokiPushOptions> = {
  name: 'loki_push_api',
  field: optional(options),
  usesPositions: false,
  sendersWait: true,
  build(config, deps) {
    const reader = new PushReader(config, deps);
    const maxBodyBytes = config.max_send_msg_size || usualMaxBytes;
    const common = { maxBodyBytes, maxWaitMs: usualMaxWaitMs };
    return new PushTarget(
      {
        type: 'Push',
        server: config.server,
        labels: config.labels,
        metricsPrefix: `promtail_${metricsName(deps.jobName)}_`,
        inlets: [
          { ...common, path: '/loki/api/v1/push', read: (body, request) => reader.push(body, request) },
          { ...common, path: '/promtail/api/v1/raw', read: (body) => reader.raw(body) },
        ],
        handlers: new Map([
          [
            '/ready',
            (request, response) => {
              if (request.method === 'GET') response.end('ready');
              else answerText(response, 405, '');
            },
          ],
        ]),
      },
      deps,
    );
  },
};

/** Turns requests into entries. */
class PushReader {
  readonly #config: LokiPushOptions;
  readonly #deps: TargetDeps;
  readonly #rawLabels: Labels;
  readonly #maxUnpackedBytes: number;
  /** By the text of the stream: its labels in the end, or undefined when it is dropped. */
  readonly #known = new Map<string, Labels | undefined>();

  constructor(config: LokiPushOptions, deps: TargetDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#rawLabels = deps.labelSets.of(config.labels);
    this.#maxUnpackedBytes = Math.max(maxUnpackedBytes, config.max_send_msg_size);
  }

  async push(body: Buffer, { headers }: IncomingMessage): Promise<Entry[]> {
    const streams = await readPush(body, headers, this.#maxUnpackedBytes);
    // As in Promtail nothing is taken when any label set cannot be read; a stream that is dropped does not end the request here.
    const labels = streams.map((stream) => this.#labelsOf(stream));
    return streams.flatMap(({ entries }, index) => {
      const own = labels[index];
      if (own === undefined) return [];
      return entries.map(({ seconds, nanos, line, metadata }) => {
        const entry = this.#config.use_incoming_timestamp
          ? new Entry(own, seconds, nanos, line, noAck)
          : this.#entryNow(own, line);
        entry.metadata = metadata;
        return entry;
      });
    });
  }

  /** Lines as they are; empty ones are skipped. Relabelling does not count. */
  raw(body: Buffer): Entry[] {
    const entries: Entry[] = [];
    for (let start = 0; start < body.length; ) {
      const newline = body.indexOf(0x0a, start);
      const next = newline < 0 ? body.length : newline;
      let end = next;
      while (end > start && body[end - 1] === 0x0d) end -= 1;
      if (end > start) entries.push(this.#entryNow(this.#rawLabels, Line.ofBytes(body, start, end)));
      start = next + 1;
    }
    return entries;
  }

  #entryNow(labels: Labels, line: Line): Entry {
    const { clock, now } = this.#deps;
    clock.tick(now());
    return new Entry(labels, clock.seconds, clock.nanos, line, noAck);
  }

  /** Undefined when the stream is dropped by a rule, or has no labels left. */
  #labelsOf({ labels: written }: PushedStream): Labels | undefined {
    const key = typeof written === 'string' ? written : JSON.stringify(written);
    if (this.#known.has(key)) return this.#known.get(key);
    const given = typeof written === 'string' ? parsed(written) : new Map(written);
    for (const [name, value] of given) if (value === '') given.delete(name);
    for (const [name, value] of this.#config.labels) given.set(name, value);
    const labels = finalLabels(given, this.#deps);
    if (this.#known.size >= maxRemembered) this.#known.clear();
    this.#known.set(key, labels?.size === 0 ? undefined : labels);
    return this.#known.get(key);
  }
}

function parsed(labels: string): Map<string, string> {
  try {
    return parseStreamLabels(labels);
  } catch (error) {
    if (error instanceof StreamLabelsError) throw new BadRequestError(error.message);
    throw error;
  }
}
