import type { Positions } from '../../positions/positions.js';

/** The last line that was read: its time, and how many lines in a row had that time by then. */
export interface LogPosition {
  readonly seconds: number;
  readonly nanos: number;
  readonly lines: number;
}

/** How much later in a log a line can stand than one that is newer: Docker takes the time before it queues for the log. */
const slackSeconds = 1;

/**
 * Where a container's log was read up to, as Promtail has it: whole seconds, so that a Promtail can go on from there. Beside it stands
 * what tells the last line from others of its second; it counts only if it belongs to the same second, as a Promtail does not know it.
 */
export function loadLogPosition(positions: Positions, id: string): LogPosition | undefined {
  const seconds = positions.get(positionKey(id));
  if (seconds === undefined) return undefined;
  const exact = /^(\d+)\.(\d{9}) (\d+)$/.exec(positions.get(exactKey(id)) ?? '');
  if (exact === null || exact[1] !== seconds) return { seconds: Number(seconds) || 0, nanos: 0, lines: 0 };
  return { seconds: Number(seconds), nanos: Number(exact[2]), lines: Number(exact[3]) };
}

export function saveLogPosition(positions: Positions, id: string, position: LogPosition): void {
  const { seconds, nanos, lines } = position;
  positions.put(positionKey(id), String(seconds));
  positions.put(exactKey(id), `${seconds}.${String(nanos).padStart(9, '0')} ${lines}`);
}

/** So that the container is known, should it end while the agent is down. */
export function noteLogPosition(positions: Positions, id: string): void {
  if (positions.get(positionKey(id)) === undefined) positions.put(positionKey(id), '0');
}

export function hasLogPosition(positions: Positions, id: string): boolean {
  return positions.get(positionKey(id)) !== undefined;
}

export function forgetLogPosition(positions: Positions, id: string): void {
  positions.remove(positionKey(id));
  positions.remove(exactKey(id));
}

export function nextPosition(
  last: LogPosition | undefined,
  { seconds, nanos }: { readonly seconds: number; readonly nanos: number },
): LogPosition {
  const isSame = last?.seconds === seconds && last.nanos === nanos;
  return { seconds, nanos, lines: isSame ? last.lines + 1 : 1 };
}

/** Reading on from a position: which second to ask Docker for, and which of the lines that then come were read before. */
export class Resumption {
  readonly sinceSeconds: number;
  readonly #position: LogPosition | undefined;
  /** Of the lines of the last one's time, those that were met. */
  #met = 0;
  #isOver: boolean;

  constructor(position: LogPosition | undefined) {
    const isExact = position !== undefined && position.lines > 0;
    this.#position = position;
    this.#isOver = !isExact;
    this.sinceSeconds = Math.max(0, (position?.seconds ?? 0) - (isExact ? slackSeconds : 0));
  }

  /** Asked for each line, in order. */
  isRead({ seconds, nanos }: { readonly seconds: number; readonly nanos: number }): boolean {
    if (this.#isOver) return false;
    const last = this.#position!;
    const difference = seconds - last.seconds || nanos - last.nanos;
    // The last line is not there any more, or a newer one stands before it. In doubt a line is sent twice, and Loki keeps one.
    if (difference > 0) this.#isOver = true;
    if (difference === 0) {
      this.#met += 1;
      this.#isOver = this.#met >= last.lines;
    }
    return difference <= 0;
  }
}

function positionKey(id: string): string {
  return `cursor-${id}`;
}

function exactKey(id: string): string {
  return `cursor-${id}.exact`;
}
