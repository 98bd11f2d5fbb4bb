import { type Cast, makeCast } from './cast.js';
import { goDuration, MicroTimestamps } from './go-text.js';
import { Pending } from './pending.js';
import { Random } from './random.js';
import { makeTemplate, type RequestTemplate } from './request.js';
import { defaultMix, type RequestKind, type RequestMix, requestKinds } from './request-kinds.js';

export interface AuditEventsOptions {
  seed?: number;
  /** The time of the first event; each further one is a little later. */
  startMs: number;
  eventsPerSecond?: number;
  mix?: RequestMix;
  /** Size of the cluster. It decides how many users there are. */
  nodes?: number;
  /** Also write the stage that most policies leave out: the request as it came in. */
  withRequestReceived?: boolean;
}

/** Requests prepared in advance; each event is one of them with an ID and times of its own. */
const poolSize = 3000;

/** Annotations of slow requests begin here. */
const slowMicros = 500_000;

/** From a long request to the first of its answer. */
const startMicros = 1500;

const maxEarlierWatches = 5000;

/**
 * The audit events of a made-up API server, one line each, byte for byte in the style of the real one: in the order of their
 * stage times, and the same ones for the same options.
 */
export class AuditEvents {
  readonly #random: Random;
  readonly #templates: RequestTemplate[];
  readonly #withRequestReceived: boolean;
  readonly #stepMicros: number;
  readonly #timestamps = new MicroTimestamps();
  readonly #receivedTimestamps = new MicroTimestamps();
  readonly #pending = new Pending<RunningRequest>();
  #nowMicros: number;
  #count = 0;

  constructor({
    seed = 1,
    startMs,
    eventsPerSecond = 1000,
    mix = defaultMix,
    nodes = 6,
    withRequestReceived = false,
  }: AuditEventsOptions) {
    this.#random = new Random(seed);
    this.#withRequestReceived = withRequestReceived;
    this.#stepMicros = 1_000_000 / eventsPerSecond;
    this.#nowMicros = Math.round(startMs * 1000);
    this.#templates = makePool(makeCast(this.#random, nodes), mix, this.#random);
    this.#startEarlierWatches();
  }

  /** How many events were taken. */
  get count(): number {
    return this.#count;
  }

  /** The time of the last event, in milliseconds. */
  get nowMs(): number {
    return this.#nowMicros / 1000;
  }

  /** The next event as one line, without its end. */
  next(): string {
    this.#count++;
    this.#nowMicros += Math.floor(this.#random.fraction() * 2 * this.#stepMicros);
    const due = this.#pending.takeUntil(this.#nowMicros);
    return due === undefined ? this.#begin(this.#random.pick(this.#templates)) : this.#answer(due);
  }

  /** Lines with their ends, about this many bytes of them and none cut. */
  take(bytes: number): Buffer {
    const lines: string[] = [];
    for (let length = 0; length < bytes; ) {
      const line = this.next();
      lines.push(line);
      length += line.length + 1;
    }
    return Buffer.from(`${lines.join('\n')}\n`);
  }

  #begin(template: RequestTemplate): string {
    const micros = this.#random.between(...template.micros);
    const isLong = template.kind === 'long';
    const firstMicros = isLong ? startMicros : micros;
    const request: RunningRequest = {
      template,
      id: this.#random.uuid(),
      receivedMicros: this.#nowMicros,
      endMicros: this.#nowMicros + micros,
      stage: template.kind === 'plain' ? 'ResponseComplete' : 'ResponseStarted',
    };
    if (this.#withRequestReceived && template.kind !== 'unauthenticated') {
      this.#pending.add(this.#nowMicros + firstMicros, request);
      return this.#receivedLine(request);
    }
    request.receivedMicros -= firstMicros;
    return this.#answer(request);
  }

  #answer(request: RunningRequest): string {
    const line = this.#answerLine(request);
    if (request.template.kind === 'long' && request.stage === 'ResponseStarted') {
      request.stage = 'ResponseComplete';
      this.#pending.add(request.endMicros, request);
    }
    return line;
  }

  #receivedLine({ template: { start, call, firstObject }, id }: RunningRequest): string {
    const time = this.#timestamps.print(this.#nowMicros);
    return `${start}${id}","stage":"RequestReceived",${call}${firstObject}"requestReceivedTimestamp":"${time}","stageTimestamp":"${time}"}`;
  }

  #answerLine({ template, id, receivedMicros, stage }: RunningRequest): string {
    const { start, call, object, startedStatus, status, bodies, annotations, kind, isThrottled } = template;
    const micros = this.#nowMicros - receivedMicros;
    const isEnd = stage === 'ResponseComplete';
    const result = !isEnd && kind === 'long' ? startedStatus : `${status}${bodies}`;
    const latency = isEnd && micros > slowMicros ? latencyPairs(micros, kind, isThrottled) : '';
    const pairs = latency === '' || annotations === '' ? latency + annotations : `${latency},${annotations}`;
    const tail = pairs === '' ? '"}' : `","annotations":{${pairs}}}`;
    return `${start}${id}","stage":"${stage}",${call}${object}${result}"requestReceivedTimestamp":"${this.#receivedTimestamps.print(receivedMicros)}","stageTimestamp":"${this.#timestamps.print(this.#nowMicros)}${tail}`;
  }

  /** A server that has been up for a while has watches running that end from now on. */
  #startEarlierWatches(): void {
    const long = this.#templates.filter(({ kind }) => kind === 'long');
    // Each template runs once every so often; how many of it run at a time follows from how long it takes.
    const everyMicros = this.#templates.length * this.#stepMicros;
    const running = long.reduce((sum, { micros: [min, max] }) => sum + (min + max) / 2 / everyMicros, 0);
    for (let i = 0; i < Math.min(maxEarlierWatches, Math.floor(running)); i++) {
      const template = this.#random.pick(long);
      const micros = this.#random.between(...template.micros);
      const endMicros = this.#nowMicros + this.#random.between(0, micros);
      const receivedMicros = endMicros - micros;
      const id = this.#random.uuid();
      this.#pending.add(endMicros, { template, id, receivedMicros, endMicros, stage: 'ResponseComplete' });
    }
  }
}

interface RunningRequest {
  readonly template: RequestTemplate;
  readonly id: string;
  receivedMicros: number;
  readonly endMicros: number;
  stage: 'ResponseStarted' | 'ResponseComplete';
}

/** Shares of the mix as that many templates each, at least one. */
function makePool(cast: Cast, mix: RequestMix, random: Random): RequestTemplate[] {
  const shares = Object.entries(mix) as [keyof RequestMix, number][];
  const sum = shares.reduce((total, [, share]) => total + share, 0);
  return shares.flatMap(([name, share]) => {
    const kind: RequestKind = requestKinds[name];
    const length = share === 0 ? 0 : Math.max(1, Math.round((share / sum) * poolSize));
    return Array.from({ length }, () => makeTemplate(kind(cast, random)));
  });
}

/** What the server adds about a request that took long. */
function latencyPairs(micros: number, kind: string, isThrottled: boolean): string {
  const shares: [string, number][] = isThrottled
    ? [
        ['apf-queue-wait', micros * 0.999],
        ['authentication', 210.5],
        ['total', micros],
      ]
    : kind === 'long'
      ? [
          ['authentication', 31.4],
          ['authorization', 88.2],
          ['total', micros],
        ]
      : [
          ['authentication', 28.7],
          ['authorization', 61.3],
          ['etcd', micros * 0.7],
          ['response-write', 912.6],
          ['serialize-response-object', micros * 0.2],
          ['total', micros],
        ];
  return shares.map(([name, value]) => `"apiserver.latency.k8s.io/${name}":"${goDuration(value)}"`).join(',');
}
