/** How one kind of entry is written. */
export interface EntryPrinter<T> {
  print(key: string, value: T): string;
  isSame(a: T, b: T): boolean;
  readonly compareKeys: (a: string, b: string) => number;
}

interface PrintedEntry<T> {
  readonly value: T;
  readonly text: string;
}

/** The entries of a file that is written again and again, as text: only what has changed is printed anew, and put in order. */
export class PrintedEntries<T> {
  readonly #printer: EntryPrinter<T>;
  #printed = new Map<string, PrintedEntry<T>>();
  /** The keys in order. */
  #keys: readonly string[] = [];

  constructor(printer: EntryPrinter<T>) {
    this.#printer = printer;
  }

  /** The texts of these entries, in the order of their keys. */
  print(values: ReadonlyMap<string, T>): string[] {
    const known = this.#keys.filter((key) => values.has(key));
    // What is in order already costs next to nothing to sort.
    const fresh = [...values.keys()].filter((key) => !this.#printed.has(key));
    const { compareKeys } = this.#printer;
    this.#keys = fresh.length === 0 ? known : [...known, ...fresh.sort(compareKeys)].sort(compareKeys);
    this.#printed = new Map(this.#keys.map((key) => [key, this.#entry(key, values.get(key)!)]));
    return this.#keys.map((key) => this.#printed.get(key)!.text);
  }

  #entry(key: string, value: T): PrintedEntry<T> {
    const { print, isSame } = this.#printer;
    const before = this.#printed.get(key);
    return before !== undefined && isSame(before.value, value) ? before : { value, text: print(key, value) };
  }
}
