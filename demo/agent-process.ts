import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseMetrics, type Sample, sumOf } from './metrics-page.js';
import { until } from './until.js';

const agentFile = fileURLToPath(new URL('../dist/auditail.js', import.meta.url));

export interface AgentProcessOptions {
  configFile: string;
  /** Its HTTP port, as config or flags say; 0 when there is none to ask. */
  port: number;
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
  nodeFlags?: readonly string[];
  /** A command that the agent's own is given to, and that becomes it (exec): a name space, another library. */
  through?: readonly string[];
  /** Out of reach of the terminal's Ctrl-C, for a parent that wants to end it in its own time. Dies with the parent's exit. */
  isDetached?: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** The built agent as a process of its own. Every wait ends when the process does, and then shows its last log lines. */
export class AgentProcess {
  /** Lines of its error output, which is where it logs; over restarts too. */
  readonly log: string[] = [];
  /** What it wrote to its output; over restarts too. */
  stdout = '';
  readonly #options: AgentProcessOptions;
  readonly #waiting = new Set<() => void>();
  #child!: ChildProcessWithoutNullStreams;
  #end: ProcessEnd | undefined;

  constructor(options: AgentProcessOptions) {
    this.#options = options;
    this.#spawn();
  }

  get configFile(): string {
    return this.#options.configFile;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get stdin(): NodeJS.WritableStream {
    return this.#child.stdin;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#options.port}`;
  }

  /** The first log line that matches, past or to come. `after` skips that many lines: take `log.length` before a step. */
  async waitForLog(
    pattern: RegExp | string,
    { timeoutMs = 10_000, after = 0 }: { timeoutMs?: number; after?: number } = {},
  ): Promise<string> {
    const matches = (line: string) =>
      typeof pattern === 'string' ? line.includes(pattern) : pattern.test(line);
    return this.#until(() => this.log.slice(after).find(matches), `the log line ${pattern}`, timeoutMs);
  }

  /** Resolves once /ready says so. */
  async ready({ timeoutMs = 10_000 } = {}): Promise<void> {
    await this.#poll(async () => (await fetch(`${this.url}/ready`)).ok, '/ready', timeoutMs);
  }

  async metrics(): Promise<Sample[]> {
    const response = await fetch(`${this.url}/metrics`);
    return parseMetrics(await response.text());
  }

  /** The sum of a metric's samples that carry these labels; 0 when it has none. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    return sumOf(await this.metrics(), name, labels) ?? 0;
  }

  async waitForMetric(
    name: string,
    isEnough: (value: number) => boolean,
    { labels = {}, timeoutMs = 10_000 }: { labels?: Record<string, string>; timeoutMs?: number } = {},
  ): Promise<number> {
    let last: number | undefined;
    const ask = async () => {
      last = sumOf(await this.metrics(), name, labels);
      return last !== undefined && isEnough(last) ? { value: last } : undefined;
    };
    const what = () => `${name} ${JSON.stringify(labels)}, last ${last ?? 'absent'}`;
    return (await this.#poll(ask, what, timeoutMs)).value;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with how the process ended, once it did. */
  async ended({ timeoutMs = 30_000 } = {}): Promise<ProcessEnd> {
    return this.#until(() => this.#end, 'its end', timeoutMs);
  }

  /** Asks it to end as an operator does, and waits until it has. */
  async stop({ timeoutMs = 30_000 } = {}): Promise<ProcessEnd> {
    this.signal('SIGTERM');
    return this.ended({ timeoutMs });
  }

  /** Takes it down without a chance to say goodbye. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<ProcessEnd> {
    this.signal(signal);
    return this.ended();
  }

  /** Starts it again as it was, after it ended. */
  restart(): void {
    if (this.#end === undefined) throw new Error('the agent still runs');
    this.#end = undefined;
    this.#spawn();
  }

  /** Its last log lines, for messages. */
  describe(): string {
    const end =
      this.#end === undefined ? 'it runs' : `it ended with ${this.#end.signal ?? `code ${this.#end.code}`}`;
    const lines = [...this.stdout.split('\n').slice(-10), ...this.log.slice(-30)].filter(
      (line) => line !== '',
    );
    return [`${end}; its last lines:`, ...lines.map((line) => `  ${line}`)].join('\n');
  }

  #spawn(): void {
    const {
      configFile,
      flags = [],
      env = {},
      nodeFlags = [],
      through = [],
      isDetached = false,
    } = this.#options;
    const own = [process.execPath, ...nodeFlags, agentFile, `-config.file=${configFile}`, ...flags];
    const [command, ...words] = [...through, ...own];
    const child = spawn(command!, words, {
      env: { ...process.env, ...env },
      detached: isDetached,
    });
    this.#child = child;
    const killWithParent = () => child.kill('SIGKILL');
    process.once('exit', killWithParent);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    let partial = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (partial + text).split('\n');
      partial = lines.pop()!;
      this.log.push(...lines);
      this.#changed();
    });
    // A process that went away takes no more input; whoever waits for it learns of its end.
    child.stdin.on('error', () => {});
    child.on('close', (code, signal) => {
      if (partial !== '') this.log.push(partial);
      process.off('exit', killWithParent);
      this.#end = { code, signal };
      this.#changed();
    });
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Waits for something that shows in the process's output or end. */
  async #until<T>(ask: () => T | undefined, what: string, timeoutMs: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const fail = (why: string) => reject(new Error(`${why} ${what}; ${this.describe()}`));
    const look = () => {
      const answer = ask();
      if (answer !== undefined) resolve(answer);
      else if (this.#end !== undefined) fail('the agent ended before');
    };
    const timer = setTimeout(() => fail(`waited ${timeoutMs} ms for`), timeoutMs);
    this.#waiting.add(look);
    try {
      look();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  /** Waits for something that shows on a page of the process. */
  async #poll<T>(
    ask: () => Promise<T | undefined | false>,
    what: string | (() => string),
    timeoutMs: number,
  ): Promise<T> {
    const describe = () => `${typeof what === 'string' ? what : what()}; ${this.describe()}`;
    const outcome = await until(
      async () => {
        if (this.#end !== undefined) return 'ended';
        const value = await ask();
        return value !== undefined && value !== false && { value };
      },
      { timeoutMs, describe },
    );
    if (outcome === 'ended') throw new Error(`the agent ended before ${describe()}`);
    return outcome.value;
  }
}
