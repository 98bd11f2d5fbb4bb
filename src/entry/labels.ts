import { quoteGo } from '../go/strconv.js';

/** The label that names an entry's tenant. It never reaches Loki: it becomes the X-Scope-OrgID of the push. */
export const tenantLabel = '__tenant_id__';

/**
 * Makes label sets and remembers them, so that the same set is nearly always the same object and its stream name is
 * printed once. What it remembers is bounded: past `maxRemembered` steps it forgets all, so an equal set may then be another
 * object. Compare by `stream` and `tenant`, never by identity.
 */
export class LabelSets {
  readonly empty: Labels;
  #epoch = 0;
  #remembered = 0;
  readonly #maxRemembered: number;
  /** The names of each set that is remembered, once. */
  readonly #names = new Map<string, readonly string[]>();

  constructor(maxRemembered = 100_000) {
    this.#maxRemembered = maxRemembered;
    this.empty = new Labels(this, [], []);
  }

  /** Of all sets with the same names the same array. */
  sharedNames(names: readonly string[]): readonly string[] {
    const key = names.join('\0');
    const shared = this.#names.get(key);
    if (shared !== undefined) return shared;
    this.#names.set(key, names);
    return names;
  }

  /** The label set of these pairs; a later pair overwrites an earlier one of its name. */
  of(pairs: Iterable<readonly [string, string]>): Labels {
    let labels = this.empty;
    for (const [name, value] of pairs) labels = labels.with(name, value);
    return labels;
  }

  /** What is remembered in another epoch is out of date. */
  get epoch(): number {
    return this.#epoch;
  }

  noteRemembered(): void {
    this.#remembered += 1;
    if (this.#remembered <= this.#maxRemembered) return;
    this.#remembered = 0;
    this.#epoch += 1;
    this.#names.clear();
  }
}

/** An immutable label set. `with` and `without` find the next set in a cache: 0.05 µs against 3–6 µs to copy, sort and print. */
export class Labels {
  readonly #sets: LabelSets;
  readonly #names: readonly string[];
  readonly #values: readonly string[];
  #stream: string | undefined;
  #key: string | undefined;
  #epoch = 0;
  /** Made when there is more than one to remember: most sets are followed by one other, or by none. */
  #next: Map<string, Map<string, Labels>> | undefined;
  #less: Map<string, Labels> | undefined;
  /** Lines repeat: to look at the last set first saves most of the look-ups. */
  #lastName: string | undefined;
  #lastSets: Map<string, Labels> | undefined;
  #lastValue: string | undefined;
  #lastNext: Labels | undefined;

  /** Use `LabelSets.of`. `names` is sorted by code point, `values` goes with it. */
  constructor(sets: LabelSets, names: readonly string[], values: readonly string[]) {
    this.#sets = sets;
    this.#names = names;
    this.#values = values;
  }

  get size(): number {
    return this.#names.length;
  }

  /** Nearly always the same array for the same names. */
  get names(): readonly string[] {
    return this.#names;
  }

  /** The values in the order of `names`. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** The tenant these labels name, if they do. */
  get tenant(): string | undefined {
    return this.get(tenantLabel);
  }

  /** Equal for equal sets, tenant included. */
  get key(): string {
    this.#key ??= `${this.stream}${this.tenant ?? ''}`;
    return this.#key;
  }

  /** The labels as pushed: `{a="b", c="d"}`, names sorted, values quoted as Go does, the tenant left out. */
  get stream(): string {
    this.#stream ??= printStream(this);
    return this.#stream;
  }

  /** All of them, the tenant too, for people to read. */
  toString(): string {
    return print(this.pairs());
  }

  get(name: string): string | undefined {
    const index = this.#names.indexOf(name);
    return index < 0 ? undefined : this.#values[index];
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** This set with `name` set to `value`; an empty value is a value. */
  with(name: string, value: string): Labels {
    this.#forgetIfOld();
    if (name !== this.#lastName) this.#turnTo(name);
    else if (value === this.#lastValue) return this.#lastNext!;
    else this.#keepLast();
    let next = this.#lastSets?.get(value);
    if (next === undefined) {
      next = this.#insert(name, value);
      this.#lastSets?.set(value, next);
      this.#sets.noteRemembered();
    }
    this.#lastValue = value;
    this.#lastNext = next;
    return next;
  }

  without(name: string): Labels {
    if (!this.has(name)) return this;
    this.#forgetIfOld();
    let less = this.#less?.get(name);
    if (less === undefined) {
      less = this.#sets.of(this.pairs().filter(([other]) => other !== name));
      this.#less ??= new Map();
      this.#less.set(name, less);
      this.#sets.noteRemembered();
    }
    return less;
  }

  /** The labels whose names are in `names`. */
  only(names: ReadonlySet<string>): Labels {
    let labels: Labels = this;
    for (const name of this.#names) if (!names.has(name)) labels = labels.without(name);
    return labels;
  }

  pairs(): [string, string][] {
    return this.#names.map((name, index) => [name, this.#values[index]!]);
  }

  #turnTo(name: string): void {
    if (this.#lastName !== undefined) {
      this.#keepLast();
      this.#lastSets = this.#next!.get(name);
      if (this.#lastSets === undefined) {
        this.#lastSets = new Map();
        this.#next!.set(name, this.#lastSets);
      }
    }
    this.#lastName = name;
    this.#lastValue = undefined;
  }

  /** The set found last is no longer the only one. */
  #keepLast(): void {
    if (this.#lastSets !== undefined) return;
    this.#lastSets = new Map([[this.#lastValue!, this.#lastNext!]]);
    this.#next ??= new Map();
    this.#next.set(this.#lastName!, this.#lastSets);
  }

  #insert(name: string, value: string): Labels {
    const at = this.#names.indexOf(name);
    if (at >= 0) {
      if (this.#values[at] === value) return this;
      return new Labels(this.#sets, this.#names, this.#values.with(at, value));
    }
    const before = this.#names.findIndex((other) => compareNames(name, other) < 0);
    const place = before < 0 ? this.#names.length : before;
    const names = this.#sets.sharedNames(this.#names.toSpliced(place, 0, name));
    return new Labels(this.#sets, names, this.#values.toSpliced(place, 0, value));
  }

  #forgetIfOld(): void {
    if (this.#epoch === this.#sets.epoch) return;
    this.#epoch = this.#sets.epoch;
    this.#next = undefined;
    this.#less = undefined;
    this.#lastName = undefined;
    this.#lastSets = undefined;
    this.#lastNext = undefined;
  }
}

/** Byte order, as Go sorts: by code point, where JavaScript's `<` would sort by UTF-16 unit. */
function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return fixSurrogate(left) - fixSurrogate(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above the rest of the 16-bit range. */
function fixSurrogate(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function printStream(labels: Labels): string {
  return print(labels.pairs().filter(([name]) => name !== tenantLabel));
}

function print(pairs: readonly [string, string][]): string {
  return `{${pairs.map(([name, value]) => `${name}=${quoteGo(value)}`).join(', ')}}`;
}
