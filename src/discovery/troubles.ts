/** What cannot be asked for at the moment, and why: for the pages. */
export class Troubles {
  readonly #byWhat = new Map<string, string>();

  /** In the words of who is asked for what. */
  get texts(): readonly string[] {
    return [...this.#byWhat].map(([what, why]) => `${what}: ${why}`);
  }

  note(what: string, why: unknown): void {
    this.#byWhat.set(what, (why as Error).message);
  }

  /** It can be asked for again, or is not wanted any more. */
  forget(what: string): void {
    this.#byWhat.delete(what);
  }
}
