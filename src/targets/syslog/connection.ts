import type { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { type Framing, FramingError, type FramingLimits, framingFor } from './framing.js';

export interface ConnectionDeps extends FramingLimits {
  readonly idleMs: number;
  /** Takes messages; reading goes on when it is done. */
  readonly take: (messages: Buffer[]) => Promise<void>;
  readonly onError: (error: Error) => void;
}

/** A message that has its newline and is followed by nothing for so long is complete. Promtail waits for the next one. */
const quietMs = 1000;

/** Who stops reads what the kernel has taken from senders already, as they do not know it as lost. */
const drainedMs = 100;
const maxDrainMs = 2000;

/** A connection of a sender, from its first byte to its last: reads no faster than messages are taken. */
export class Connection {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #deps: ConnectionDeps;
  #framing: Framing | undefined;
  #quiet: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #isEnded = false;
  #idleMs: number;
  /** What is done with the stream, one step after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(socket: Socket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#idleMs = deps.idleMs;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    socket.on('data', (chunk: Buffer) => this.#inTurn((messages) => this.#add(chunk, messages)));
    socket.on('end', () => this.close());
    socket.on('error', (error) => deps.onError(error));
    socket.once('close', () => {
      this.close();
      void this.#turn.then(resolve);
    });
    this.#waitForMore();
  }

  /** Takes what is under way, until nothing more comes for a moment or it has been enough. */
  async drain(): Promise<void> {
    this.#idleMs = drainedMs;
    if (!this.#socket.isPaused()) this.#waitForMore();
    const enough = setTimeout(() => this.close(), maxDrainMs);
    await this.closed;
    clearTimeout(enough);
  }

  /** Takes what has come, with the last message as it is, and nothing more. */
  close(): void {
    if (this.#isEnded) return;
    this.#inTurn((messages) => this.#framing?.end(messages));
    this.#isEnded = true;
    void this.#turn.then(() => this.#socket.destroy());
  }

  #add(chunk: Buffer, messages: Buffer[]): void {
    this.#framing ??= framingFor(chunk[0]!, this.#deps);
    this.#framing.add(chunk, messages);
  }

  /** Behind the step the sender may be idle for `idleMs`. */
  #inTurn(step: (messages: Buffer[]) => void, idleMs = this.#idleMs): void {
    if (this.#isEnded) return;
    clearTimeout(this.#quiet);
    clearTimeout(this.#idle);
    this.#socket.pause();
    this.#turn = this.#turn.then(() => this.#run(step, idleMs));
  }

  async #run(step: (messages: Buffer[]) => void, idleMs: number): Promise<void> {
    const messages: Buffer[] = [];
    try {
      step(messages);
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#deps.onError(error);
      this.#framing = undefined;
      this.close();
    }
    try {
      if (messages.length > 0) await this.#deps.take(messages);
    } catch (error) {
      this.#deps.onError(error as Error);
    }
    if (!this.#isEnded) this.#waitForMore(idleMs);
  }

  #waitForMore(idleMs = this.#idleMs): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#idle);
    this.#quiet = setTimeout(() => this.#takeQuiet(idleMs - quietMs), quietMs);
    this.#idle = setTimeout(() => this.close(), idleMs);
    this.#socket.resume();
  }

  /** A sender that is quiet has not sent anything: the time that it has been idle goes on. */
  #takeQuiet(idleMs: number): void {
    this.#inTurn((messages) => this.#framing?.pause(messages), Math.min(idleMs, this.#idleMs));
  }
}
