import type { VariableSlot } from './nodes.js';

interface Variable {
  readonly name: string;
  slot: number;
}

/** The variables of one template while it is read: each gets a slot, those that are never in use together share one. */
export class Scope {
  readonly #variables: Variable[] = [{ name: '$', slot: 0 }];
  #depth = 1;
  #slots = 1;
  /** How many `range`s the reader is in. */
  ranges = 0;

  /** How many slots it takes at most. */
  get slots(): number {
    return this.#slots;
  }

  /** Begins a block; what it gives back ends it, and with it all that was declared inside. */
  enter(): () => void {
    const count = this.#variables.length;
    const depth = this.#depth;
    return () => {
      this.#variables.length = count;
      this.#depth = depth;
    };
  }

  /** Makes names known; as long as the slot is −1, an outer variable of the same name is meant. */
  add(variables: readonly Variable[]): void {
    this.#variables.push(...variables);
  }

  newSlot(): number {
    const slot = this.#depth++;
    this.#slots = Math.max(this.#slots, this.#depth);
    return slot;
  }

  /** The variable as it is known so far: a later declaration changes nothing for those who meant an earlier one. */
  find(name: string): VariableSlot | undefined {
    const named = this.#variables.filter((variable) => variable.name === name);
    const found = named.findLast(({ slot }) => slot >= 0) ?? named.at(-1);
    return found === undefined ? undefined : { ...found };
  }
}
