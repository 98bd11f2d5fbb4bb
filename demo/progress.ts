/** What the demo shows while it runs. */
export interface Progress {
  written: number;
  read: number;
  pushed: number;
  /** How far the newest line that arrived is behind the newest written. */
  lagMs: number;
  streams: number;
  rotations: number;
}

export interface ProgressOutput {
  isTTY?: boolean;
  /** How wide the terminal is. */
  columns?: number;
  write(text: string): unknown;
}

/** In a terminal one line that is written over; elsewhere a line each time. */
export class ProgressLine {
  readonly #output: ProgressOutput;
  #isOpen = false;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  show(progress: Progress): void {
    const line = describe(progress);
    if (this.#output.isTTY === true) {
      // A line that wraps could not be written over.
      this.#output.write(`\r\x1b[2K${line.slice(0, (this.#output.columns ?? 80) - 1)}`);
      this.#isOpen = true;
    } else {
      this.#output.write(`${line}\n`);
    }
  }

  /** Ends the line, so that other output begins on a new one. */
  close(): void {
    if (this.#isOpen) this.#output.write('\n');
    this.#isOpen = false;
  }
}

function describe({ written, read, pushed, lagMs, streams, rotations }: Progress): string {
  const columns = [
    `written ${written}`,
    `read ${read}`,
    `pushed ${pushed}`,
    `lag ${(lagMs / 1000).toFixed(1)} s`,
    `streams ${streams}`,
    `rotations ${rotations}`,
  ];
  return columns.join('  ');
}
