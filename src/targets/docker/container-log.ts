import { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { backoffMs } from '../../http/backoff.js';
import type { DockerMetrics } from '../../metrics/docker-metrics.js';
import { finalLabels } from '../final-labels.js';
import { SettledMarks } from '../settled-marks.js';
import type { ShownTarget, TargetDeps } from '../target.js';
import { unlessAborted } from '../unless-aborted.js';
import { WakeUp } from '../wake-up.js';
import { nameLabel, streamLabel } from './container-labels.js';
import { type DockerApi, DockerError } from './docker-api.js';
import { type FrameReader, MultiplexedFrames, type StreamName, TerminalFrames } from './frames.js';
import { type ContainerLine, LineJoiner } from './line-joiner.js';
import {
  type LogPosition,
  loadLogPosition,
  nextPosition,
  Resumption,
  saveLogPosition,
} from './log-position.js';

export interface ContainerLogDeps
  extends Pick<TargetDeps, 'sink' | 'relabel' | 'labelSets' | 'positions' | 'log'> {
  readonly api: DockerApi;
  readonly metrics: DockerMetrics;
}

const maxLineBytes = 16 * 1024 * 1024;
const firstRetryMs = 1000;
const lastRetryMs = 30_000;

/** Reads the log of one container, over all of its starts, for as long as it is there. */
export class ContainerLog implements ShownTarget {
  readonly type = 'Docker';
  readonly id: string;
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly #deps: ContainerLogDeps;
  readonly #labels: Readonly<Record<StreamName, Labels | undefined>>;
  readonly #marks: SettledMarks<LogPosition | undefined>;
  readonly #stopping = new AbortController();
  readonly #wakeUp = new WakeUp();
  /** Everything up to here is read and no line is open: where reading goes on after a stream has broken. */
  #read: LogPosition | undefined;
  #running: Promise<void> | undefined;
  #error = '';

  constructor(id: string, discoveredLabels: ReadonlyMap<string, string>, deps: ContainerLogDeps) {
    const { positions } = deps;
    this.id = id;
    this.discoveredLabels = discoveredLabels;
    this.#deps = deps;
    const labelsOf = (stream: StreamName) =>
      finalLabels(new Map(discoveredLabels).set(streamLabel, stream), deps);
    this.#labels = { stdout: labelsOf('stdout'), stderr: labelsOf('stderr') };
    this.#read = loadLogPosition(positions, id);
    this.#marks = new SettledMarks((position) => {
      if (position !== undefined) saveLogPosition(positions, id, position);
    });
  }

  get isReady(): boolean {
    return this.#running !== undefined;
  }

  /** Those of its standard output; of the other stream if rules drop that. */
  get labels(): ReadonlyMap<string, string> {
    return new Map((this.#labels.stdout ?? this.#labels.stderr)?.pairs());
  }

  get settled(): Promise<void> {
    return this.#marks.settled;
  }

  /** The keys but `name` are Promtail's. */
  details(): Record<string, unknown> {
    const name = this.discoveredLabels.get(nameLabel);
    const position = loadLogPosition(this.#deps.positions, this.id)?.seconds;
    return { name, id: this.id, error: this.#error, position, running: this.isReady };
  }

  /** Reads from where it was read up to until the container ends. Does nothing when that is going on already, but try again at once. */
  follow(): void {
    this.#wakeUp.call();
    this.#running ??= this.#followStarts(this.#stopping.signal).finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Streams end when the container does, when the daemon does, and when the connection breaks. */
  async #followStarts(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      let hasRead = false;
      try {
        const isOver = await this.#followOnce(signal, () => {
          hasRead = true;
        });
        this.#error = '';
        if (isOver) return;
      } catch (error) {
        if (signal.aborted || isGone(error)) return;
        this.#error = (error as Error).message;
        const { log } = this.#deps;
        if (failures === 0 || hasRead)
          log.warn({ container: this.id, err: error }, 'cannot read the log of the container; trying again');
      }
      failures = hasRead ? 1 : failures + 1;
      await this.#wakeUp.sleep(backoffMs(failures, firstRetryMs, lastRetryMs, Math.random()), signal);
    }
  }

  /** Returns whether the container has ended. */
  async #followOnce(signal: AbortSignal, onRead: () => void): Promise<boolean> {
    const { api, metrics } = this.#deps;
    const resumption = new Resumption(this.#read);
    const joinerOf = (stream: StreamName) => new LineJoiner(stream, maxLineBytes, () => metrics.errors.inc());
    const joiners = { stdout: joinerOf('stdout'), stderr: joinerOf('stderr') };
    let position = this.#read;

    const take = async (lines: readonly ContainerLine[]) => {
      const fresh = lines.filter((line) => !resumption.isRead(line));
      for (const line of fresh) position = nextPosition(position, line);
      if (!joiners.stdout.isOpen && !joiners.stderr.isOpen) this.#read = position;
      if (fresh.length > 0) await this.#push(fresh, this.#read === position ? position : undefined, signal);
    };

    const { Config } = await api.inspect(this.id, signal);
    const frames: FrameReader = Config.Tty ? new TerminalFrames() : new MultiplexedFrames();
    for await (const chunk of await api.logs(this.id, resumption.sinceSeconds, signal)) {
      onRead();
      const lines: ContainerLine[] = [];
      for (const frame of frames.read(chunk)) joiners[frame.stream].take(frame, lines);
      await take(lines);
    }
    if (await this.#isAlive(signal)) return false;
    const lastLines: ContainerLine[] = [];
    for (const joiner of [joiners.stdout, joiners.stderr]) joiner.end(lastLines);
    await take(lastLines);
    return true;
  }

  async #isAlive(signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.#deps.api.inspect(this.id, signal)).State.Running;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  async #push(
    lines: readonly ContainerLine[],
    position: LogPosition | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const kept = lines.filter(({ stream }) => this.#labels[stream] !== undefined);
    const ack = this.#marks.add(position, kept.length);
    if (kept.length === 0) return;
    const entries = kept.map(
      ({ stream, seconds, nanos, bytes }) =>
        new Entry(this.#labels[stream]!, seconds, nanos, Line.ofBytes(bytes), ack),
    );
    this.#deps.metrics.entries.inc(entries.length);
    const pushed = this.#deps.sink.push(entries);
    if (pushed !== undefined) await unlessAborted(pushed, signal);
  }
}

/** The container was removed. */
function isGone(error: unknown): boolean {
  return error instanceof DockerError && error.status === 404;
}
