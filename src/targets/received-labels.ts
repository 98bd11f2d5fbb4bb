import type { Labels } from '../entry/labels.js';
import { finalLabels } from './final-labels.js';
import type { TargetDeps } from './target.js';

/** Past so many it starts anew, as labels may come from the lines themselves. */
const maxRemembered = 10_000;

/** `finalLabels` for sources whose messages each bring their labels, most of them the same: rules are applied once to each set. */
export class ReceivedLabels {
  readonly #deps: Pick<TargetDeps, 'relabel' | 'labelSets'>;
  readonly #known = new Map<string, Labels | undefined>();

  constructor(deps: Pick<TargetDeps, 'relabel' | 'labelSets'>) {
    this.#deps = deps;
  }

  /** Of several pairs with one name the last counts; an empty value is no label. Undefined when the rules say to drop it. */
  of(pairs: readonly (readonly [name: string, value: string])[]): Labels | undefined {
    const key = JSON.stringify(pairs);
    if (this.#known.has(key)) return this.#known.get(key);
    const found = new Map(pairs);
    for (const [name, value] of found) if (value === '') found.delete(name);
    const labels = finalLabels(found, this.#deps);
    if (this.#known.size >= maxRemembered) this.#known.clear();
    this.#known.set(key, labels);
    return labels;
  }
}
