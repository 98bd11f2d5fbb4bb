import { hash } from 'node:crypto';

/** Which lines of a window were handed on, so that they are not when it is asked for again, in whatever order they come then. */
export class SentLines {
  /** How often a line was handed on, by its digest. */
  readonly #sent = new Map<string, number>();
  #again = new Map<string, number>();

  /** The window is asked for again. */
  restart(): void {
    this.#again = new Map(this.#sent);
  }

  /** The lines that were not handed on yet. From now on they are. */
  fresh(lines: readonly Buffer[]): Buffer[] {
    return lines.filter((line) => {
      const digest = hash('sha256', line, 'base64');
      const before = this.#again.get(digest) ?? 0;
      if (before > 0) {
        this.#again.set(digest, before - 1);
        return false;
      }
      this.#sent.set(digest, (this.#sent.get(digest) ?? 0) + 1);
      return true;
    });
  }
}
