import type { LineCounter } from 'yaml';

/** One thing wrong with a config: `promtail.yaml:12:5: clients[0].url: expected a URL`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** The config cannot be used. `message` names every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Collects what is wrong with a config, so that all of it is told in one go. */
export class Problems {
  readonly errors: Problem[] = [];
  /** What Promtail takes without a word but is likely a mistake: an unknown key in a stage. */
  readonly warnings: Problem[] = [];
  readonly #file: string;
  #lineCounter: LineCounter | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  setLineCounter(lineCounter: LineCounter): void {
    this.#lineCounter = lineCounter;
  }

  add(value: { readonly offset: number; readonly path: string }, message: string): void {
    this.addAt(value.offset, value.path, message);
  }

  addAt(offset: number, path: string, message: string): void {
    this.errors.push(this.#problem(offset, path, message));
  }

  /** For what is wrong with the config as a whole. */
  addGeneral(message: string): void {
    this.errors.push({ path: '', message, line: 0, column: 0 });
  }

  warnGeneral(message: string): void {
    this.warnings.push({ path: '', message, line: 0, column: 0 });
  }

  warn(offset: number, path: string, message: string): void {
    this.warnings.push(this.#problem(offset, path, message));
  }

  /** `file:line:column: path: message` */
  print(problem: Problem): string {
    const place = [this.#file, problem.line, problem.column]
      .filter((part) => part !== 0 && part !== '')
      .join(':');
    return [place, problem.path, problem.message].filter((part) => part !== '').join(': ');
  }

  /** Throws a ConfigError that names all errors, when there are any. */
  throwIfAny(): void {
    if (this.errors.length === 0) return;
    throw new ConfigError(this.errors.map((problem) => this.print(problem)).join('\n'));
  }

  #problem(offset: number, path: string, message: string): Problem {
    const place = this.#lineCounter?.linePos(offset);
    return { path, message, line: place?.line ?? 0, column: place?.col ?? 0 };
  }
}
