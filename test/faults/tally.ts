import type { LokiReceiver } from '../../demo/loki/receiver.js';
import type { ReceivedEntry } from '../../demo/loki/stored-stream.js';

/** What became of the lines that were written. */
export interface Outcome {
  written: number;
  lost: number;
  /** Lines that arrived again under another time or other labels, so that Loki shows them twice. */
  duplicated: number;
  /** Lines sent again just as before: Loki keeps one. */
  resent: number;
  /** Lines that arrived after a younger one of their stream. */
  disordered: number;
  /** Lines that nobody wrote: changed, cut or glued on the way. */
  foreign: number;
  /** Lines by which the agent says that something is missing. */
  gaps: number;
}

/** Holds what arrives against what was written. */
export class Tally {
  /** The place of each line in the order of writing. */
  readonly #written = new Map<string, number>();
  readonly #arrived = new Set<string>();
  readonly #excused = new Set<string>();
  readonly #newest = new Map<string, number>();
  readonly #receivers = new Map<LokiReceiver, number>();
  /** What was wrong first, for messages. */
  readonly examples: string[] = [];
  #duplicated = 0;
  #disordered = 0;
  #foreign = 0;
  #gaps = 0;

  wrote(line: string): void {
    this.#written.set(line, this.#written.size);
  }

  /** This line need not arrive: Loki refuses it, or it was deleted before anybody could read it. */
  excuse(line: string): void {
    this.#excused.add(line);
  }

  get excused(): ReadonlySet<string> {
    return this.#excused;
  }

  get written(): number {
    return this.#written.size;
  }

  /** Looks at what has come since the last time. */
  look(receiver: LokiReceiver): void {
    const entries = receiver.entries();
    for (let i = this.#receivers.get(receiver) ?? 0; i < entries.length; i++) this.#take(entries[i]!);
    this.#receivers.set(receiver, entries.length);
  }

  /** The lines after the first `count`. */
  linesSince(count: number): string[] {
    return [...this.#written.keys()].slice(count);
  }

  get missing(): string[] {
    return [...this.#written.keys()].filter((line) => !this.#arrived.has(line) && !this.#excused.has(line));
  }

  /** Whether something is still to come. */
  get isComplete(): boolean {
    return this.#arrived.size + this.#excused.size >= this.#written.size && this.missing.length === 0;
  }

  get arrived(): number {
    return this.#arrived.size;
  }

  outcome(): Outcome {
    const { missing } = this;
    for (const line of missing.slice(0, 5)) this.#note(`lost: line ${this.#written.get(line)} ${line}`);
    return {
      written: this.written,
      lost: missing.length,
      duplicated: this.#duplicated,
      resent: [...this.#receivers.keys()].reduce((sum, { duplicates }) => sum + duplicates, 0),
      disordered: this.#disordered,
      foreign: this.#foreign,
      gaps: this.#gaps,
    };
  }

  #take(entry: ReceivedEntry): void {
    const { line } = entry;
    const place = this.#written.get(line);
    if (place === undefined) {
      if (line.startsWith('{"auditail":"gap"')) {
        this.#gaps += 1;
        return;
      }
      this.#foreign += 1;
      this.#note(`foreign: ${line}`);
      return;
    }
    if (this.#arrived.has(line)) {
      this.#duplicated += 1;
      this.#note(`duplicated: line ${place} at ${entry.time} ${JSON.stringify(entry.labels)} ${line}`);
      return;
    }
    this.#arrived.add(line);
    this.#checkOrder(entry, place);
  }

  #checkOrder({ labels, tenant, line }: ReceivedEntry, place: number): void {
    const stream = JSON.stringify([tenant, labels]);
    const newest = this.#newest.get(stream) ?? -1;
    if (place < newest) {
      this.#disordered += 1;
      this.#note(`disordered: line ${place} after ${newest} ${line}`);
      return;
    }
    this.#newest.set(stream, place);
  }

  #note(example: string): void {
    if (this.examples.length < 20) this.examples.push(example.slice(0, 300));
  }
}
