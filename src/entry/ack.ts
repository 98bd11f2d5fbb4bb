/**
 * Counts the lines of one chunk that are not settled yet. A line is settled when every client's Loki has accepted it or a
 * rule has dropped it; when the count reaches zero, the source may save that it has read past the chunk.
 */
export class Ack {
  #pending: number;
  readonly #onSettled: () => void;

  constructor(lines: number, onSettled: () => void) {
    this.#pending = lines;
    this.#onSettled = onSettled;
  }

  /** More has to be settled than was thought: an entry was split, or goes to several clients. */
  add(lines: number): void {
    this.#pending += lines;
  }

  done(lines: number): void {
    this.#pending -= lines;
    if (this.#pending === 0) this.#onSettled();
  }
}

/** Nobody waits for these lines: input that cannot be read again (a pipe, a test). */
export const noAck = new Ack(Number.POSITIVE_INFINITY, () => {});

/** What an entry stands for: so many lines of the chunk that `ack` counts. */
export interface Stake {
  readonly ack: Ack;
  readonly lines: number;
}

/** The stake of an entry that several others were merged into: settling it settles them all. */
export function mergeStakes(parts: readonly Stake[]): Stake {
  const first = parts[0];
  if (first === undefined) return { ack: noAck, lines: 0 };
  if (parts.every((part) => part.ack === first.ack)) {
    return { ack: first.ack, lines: parts.reduce((sum, part) => sum + part.lines, 0) };
  }
  const settleAll = () => {
    for (const part of parts) part.ack.done(part.lines);
  };
  return { ack: new Ack(1, settleAll), lines: 1 };
}
