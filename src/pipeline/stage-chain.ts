import type { Entry } from '../entry/entry.js';
import type { LinePlan } from './packing/line-plan.js';
import type { Stage } from './stage.js';

/** Stages one after the other, as one stage. Runs without a pause unless a stage waits (`limit`). */
export class StageChain implements Stage {
  readonly #stages: readonly Stage[];

  constructor(stages: readonly Stage[]) {
    this.#stages = stages;
  }

  process(entries: Entry[]): Entry[] | Promise<Entry[]> {
    return this.#run(entries, 0);
  }

  flush(nowMs: number): Entry[] | Promise<Entry[]> {
    return this.#flushFrom(0, nowMs, []);
  }

  dueAt(): number | undefined {
    let due: number | undefined;
    for (const stage of this.#stages) {
      const own = stage.dueAt?.();
      if (own !== undefined && (due === undefined || own < due)) due = own;
    }
    return due;
  }

  plan(plan: LinePlan): boolean {
    return this.#stages.every((stage) => stage.plan?.(plan) ?? false);
  }

  #run(entries: Entry[], from: number): Entry[] | Promise<Entry[]> {
    let current = entries;
    for (let i = from; i < this.#stages.length && current.length > 0; i++) {
      const result = this.#stages[i]!.process(current);
      if (result instanceof Promise) return result.then((after) => this.#run(after, i + 1));
      current = result;
    }
    return current;
  }

  /** What stage `from` and those behind it give up; what one gives up runs through the stages after it, which may hold it again. */
  #flushFrom(from: number, nowMs: number, flushed: Entry[]): Entry[] | Promise<Entry[]> {
    for (let i = from; i < this.#stages.length; i++) {
      const held = this.#stages[i]!.flush?.(nowMs);
      if (held === undefined) continue;
      const after =
        held instanceof Promise ? held.then((some) => this.#run(some, i + 1)) : this.#run(held, i + 1);
      if (after instanceof Promise)
        return after.then((some) => this.#flushFrom(i + 1, nowMs, flushed.concat(some)));
      for (const entry of after) flushed.push(entry);
    }
    return flushed;
  }
}
