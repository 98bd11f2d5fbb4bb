import { Buffer } from 'node:buffer';
import { type Entry, settle } from '../entry/entry.js';
import { isEncodableTime } from '../entry/wire-entry.js';
import type { DeadLetter } from './dead-letters.js';
import type { DeliveryDeps } from './delivery.js';
import type { Destination } from './destination.js';

/** Why an entry cannot be part of any push. */
export interface Fault {
  /** As the metrics count it. */
  readonly reason: string;
  readonly error: string;
}

/** An entry that never makes it into a batch. */
export interface Unsendable {
  readonly entry: Entry;
  readonly destination: Destination;
  readonly fault: Fault;
}

const badTime: Fault = { reason: 'invalid_timestamp', error: 'the timestamp is not between year 1 and 9999' };
const badTenant: Fault = {
  reason: 'invalid_tenant',
  error: 'the tenant holds characters that a header cannot carry',
};

/** Undefined when the entry can be sent. In Promtail, one entry with such a time takes its whole batch along. */
export function faultOf(entry: Entry, destination: Destination): Fault | undefined {
  if (!isEncodableTime(entry.seconds, entry.nanos)) return badTime;
  return destination.isTenantBad ? badTenant : undefined;
}

/** Gives up entries that cannot be sent at all: counts them and settles them, once they are among the dead letters if there are any. */
export class UnsendableEntries {
  readonly #deps: DeliveryDeps;
  readonly #told = new Set<Fault>();

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
  }

  /** A promise when dead letters have to be written first; until then the entries' lines have to stay. */
  giveUp(entries: readonly Unsendable[]): Promise<void> | undefined {
    for (const each of entries) this.#tell(each);
    const { deadLetters, abandon } = this.#deps;
    if (deadLetters === undefined) {
      this.#finish(entries);
      return undefined;
    }
    return deadLetters.keep(entries.map(toLetter), abandon).then((isKept) => {
      if (isKept) this.#finish(entries);
    });
  }

  /** Once a fault; after that, entries are only counted. */
  #tell({ destination: { tenant }, fault }: Unsendable): void {
    if (this.#told.has(fault)) return;
    this.#told.add(fault);
    this.#deps.log.error(
      { tenant, ...fault },
      'cannot send an entry; from now on such entries are only counted',
    );
  }

  #finish(entries: readonly Unsendable[]): void {
    const { metrics, status } = this.#deps;
    for (const { entry, destination, fault } of entries)
      metrics.forTenant(destination.tenant).dropped(fault.reason, entry.line.byteLength, 1);
    status.droppedEntries += entries.length;
    settle(entries.map(({ entry }) => entry));
  }
}

function toLetter({ entry, destination: { labels, tenant }, fault }: Unsendable): DeadLetter {
  const { seconds, nanos } = entry;
  const metadata = entry.metadata?.pairs() ?? [];
  const line = Buffer.alloc(entry.line.byteLength);
  entry.line.writeTo(line, 0);
  return { seconds, nanos, labels, line, metadata, tenant, status: undefined, ...fault };
}
