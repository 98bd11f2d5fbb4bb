import type { Fault } from './fault.js';
import type { Outcome } from './tally.js';

interface Row extends Outcome {
  promise: string;
  cycles: number;
  failures: number;
}

const none = {
  written: 0,
  lost: 0,
  duplicated: 0,
  resent: 0,
  disordered: 0,
  foreign: 0,
  gaps: 0,
  cycles: 0,
  failures: 0,
};

/** What came of all runs, fault by fault. */
export class Totals {
  readonly #rows = new Map<string, Row>();

  get hasFailed(): boolean {
    return [...this.#rows.values()].some(({ failures }) => failures > 0);
  }

  add(fault: Fault, cycles: number, outcome: Outcome): void {
    const row = this.#rowOf(fault);
    row.cycles += cycles;
    for (const key of Object.keys(outcome) as (keyof Outcome)[]) row[key] += outcome[key];
  }

  addFailure(fault: Fault): void {
    this.#rowOf(fault).failures += 1;
  }

  /** As it stands in docs/reliability.md. */
  table(): string {
    const rows = [...this.#rows].map(
      ([name, { promise, cycles, written, lost, duplicated, resent, failures }]) =>
        `| ${name} | ${promise} | ${cycles} | ${written} | ${lost} | ${duplicated} | ${resent} |${failures > 0 ? ` FAILED ${failures} times` : ''}`,
    );
    return [
      '| fault | what we promise | cycles | lines | lost | shown twice | sent again, shown once |',
      '| --- | --- | ---: | ---: | ---: | ---: | ---: |',
      ...rows,
    ].join('\n');
  }

  #rowOf({ name, promise }: Fault): Row {
    const row = this.#rows.get(name) ?? { ...none, promise };
    this.#rows.set(name, row);
    return row;
  }
}
