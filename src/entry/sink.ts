import type { Entry } from './entry.js';

/**
 * Where entries go next: the only joint between targets, pipeline and clients. `push` takes the array over. It returns nothing
 * when there is room for more, else a promise for the moment when there is: waiting for it is the back-pressure, as nothing
 * queues without bound.
 */
export interface Sink {
  push(entries: Entry[]): Promise<void> | undefined;
}
