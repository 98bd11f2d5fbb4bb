import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** One way to tamper with system calls, as strace's options say it. */
export interface Injection {
  /** Calls that have to do with these paths only; with all when not given. */
  readonly paths?: readonly string[];
  /** A call's name or, after a slash, a pattern of names. */
  readonly calls: string;
  /** What is done to them: `signal=KILL:when=3`, `error=EIO:when=1..4`. */
  readonly effect: string;
}

/** Tampers with the system calls of a process and all its threads, until `stop`. */
export class Strace implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close');
  }

  /** Resolves once it is in effect. */
  static async attach(pid: number, { paths = [], calls, effect }: Injection): Promise<Strace> {
    const words = [
      ...['-f', '-p', String(pid), '-o', '/dev/null'],
      ...paths.flatMap((path) => ['-P', path]),
      ...['-e', `trace=${calls}`, '-e', `inject=${calls}:${effect}`],
    ];
    const child = spawn('strace', words, { stdio: ['ignore', 'ignore', 'pipe'] });
    const attached = Promise.withResolvers<void>();
    let said = '';
    // Read to its end: a strace that cannot tell of new threads would end.
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('attached')) attached.resolve();
    });
    child.once('close', () => attached.reject(new Error(`strace could not attach: ${said}`)));
    const strace = new Strace(child);
    await attached.promise;
    return strace;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGINT');
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
