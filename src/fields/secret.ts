import { text } from './scalars.js';
import { converted, type Schema } from './schema.js';

/** A password or token. It prints as `<secret>` wherever it is printed by mistake. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '<secret>';
  }

  toJSON(): string {
    return '<secret>';
  }
}

export const secret: Schema<Secret> = converted(text, (value) => new Secret(value), String);
