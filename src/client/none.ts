import { type Entry, settle } from '../entry/entry.js';
import { oneOf, text } from '../fields/scalars.js';
import {
  converted,
  optional,
  printValue,
  required,
  struct,
  unsupported,
  type Value,
} from '../fields/schema.js';
import type { ClientKind, EntryClient } from './client-kind.js';
import { clientName } from './client-name.js';
import { type ClientState, ClientStatus } from './client-status.js';

const fields = struct({
  type: required(oneOf('none')),
  name: optional(text),
  url: unsupported('a client of type none sends nothing'),
});
/** Labels for all clients, from the `client` block, do not harm. */
const noneOptions = converted(
  fields,
  ({ type, name }) => ({ type, name, external_labels: new Map<string, string>() }),
  (options) => printValue(fields, { ...options, url: undefined }),
);
export type NoneOptions = Value<typeof noneOptions>;

/** Sends nothing: for an agent whose metrics are all that is wanted. */
export const none: ClientKind<NoneOptions> = {
  type: 'none',
  schema: noneOptions,
  build: async (options) => new SettlingClient(clientName(options)),
};

/** Is done with entries at once, so that positions go on. */
class SettlingClient implements EntryClient {
  readonly name: string;
  readonly #status = new ClientStatus();
  #isClosed = false;

  constructor(name: string) {
    this.name = name;
  }

  push(entries: Entry[]): undefined {
    if (!this.#isClosed) settle(entries);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  state(): ClientState {
    return {
      name: this.name,
      url: '',
      pendingEntries: 0,
      pendingBytes: 0,
      pendingBatches: 0,
      ...this.#status.state(),
    };
  }
}
