import type { Logger } from 'pino';
import { backoffMs } from '../../http/backoff.js';
import { Deadline } from '../../http/deadline.js';
import { sleep } from '../../http/sleep.js';
import { ApiError, type ApiServer, type ApiStatus } from './api-server.js';
import { FieldReader, type Mask } from './field-reader.js';
import { ListSplitter } from './list-splitter.js';
import { type KubernetesObject, objectKey } from './objects.js';
import { Part } from './part.js';
import type { Resource } from './resources.js';

/** Which objects of a resource. */
export interface Selection {
  /** '' for all. */
  readonly namespace: string;
  readonly label: string;
  readonly field: string;
}

/** Is told what there is. */
export interface ObjectListener<T extends KubernetesObject> {
  put(key: string, object: T): void;
  remove(key: string): void;
  /** All that there was at one time has been put, or removed. */
  listed(): void;
}

interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T & ApiStatus & { readonly metadata?: { readonly resourceVersion?: string } };
}

const newline = 0x0a;
const pageSize = 500;
/** How long the server may take to answer, and to send the next part of a list. */
const answerMs = 60_000;
/** A watch ends after this long, at random, so that those of many agents do not end together. */
const minWatchSeconds = 300;
/** An end sooner than this, with nothing learned, counts as a failure. */
const shortWatchMs = 1000;
/** Where we are may be of no use, as when the server's data has been restored from a copy that does not reach so far. */
const relistAfterFailures = 5;
const minBackoffMs = 500;
const maxBackoffMs = 30_000;

/** Knows the objects of a resource: lists them, then watches them change, for as long as it runs. */
export class ListWatch<T extends KubernetesObject> {
  readonly #server: ApiServer;
  readonly #resource: Resource<T>;
  readonly #selection: Selection;
  readonly #listener: ObjectListener<T>;
  readonly #log: Logger;
  readonly #reader = new FieldReader();
  readonly #eventFields: Mask;
  #known = new Set<string>();
  /** Where in the history of the objects we are; undefined when there is nothing to go on from. */
  #version: string | undefined;
  /** The first list may come from the server's memory (`0`); after that only a new one is of use (''). */
  #listVersion = '0';
  #isPaged = true;
  /** Failures since it last went well. */
  #failures = 0;
  #error: string | undefined;

  constructor(
    server: ApiServer,
    resource: Resource<T>,
    selection: Selection,
    listener: ObjectListener<T>,
    log: Logger,
  ) {
    this.#server = server;
    this.#resource = resource;
    const { metadata } = resource.fields;
    // Of an object, or of the Status of an error.
    this.#eventFields = {
      type: true,
      object: {
        ...resource.fields,
        metadata: { ...metadata, resourceVersion: true },
        code: true,
        message: true,
      },
    };
    this.#selection = selection;
    this.#listener = listener;
    this.#log = log.child({ resource: resource.name });
  }

  /** Why objects cannot be listed or watched; undefined while they can. */
  get error(): string | undefined {
    return this.#error === undefined ? undefined : `${this.#resource.name}: ${this.#error}`;
  }

  /** Until the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list(signal);
        else await this.#watch(this.#version, signal);
      } catch (error) {
        if (!signal.aborted) await this.#waitAfter(error as Error, signal);
      }
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const seen = new Set<string>();
    let next = '';
    let version: string | undefined;
    do {
      const page = await this.#listPage(next, seen, signal);
      version = page.resourceVersion;
      next = page.continue ?? '';
    } while (next !== '');
    if (version === undefined) throw new Error('the list has no resourceVersion');
    for (const key of this.#known) if (!seen.has(key)) this.#listener.remove(key);
    this.#known = seen;
    this.#version = version;
    this.#listVersion = '';
    this.#isPaged = true;
    this.#error = undefined;
    this.#listener.listed();
  }

  async #listPage(
    next: string,
    seen: Set<string>,
    signal: AbortSignal,
  ): Promise<{ readonly resourceVersion?: string; readonly continue?: string }> {
    const query = this.#query();
    if (this.#isPaged) query.set('limit', String(pageSize));
    if (next !== '') query.set('continue', next);
    // With a token to continue from, a version is an error.
    else if (this.#listVersion !== '') query.set('resourceVersion', this.#listVersion);
    const splitter = new ListSplitter((bytes, end) => {
      const object = this.#reader.read(bytes, end, this.#resource.fields) as T;
      seen.add(this.#put(object));
    });
    await inTime(signal, async (deadline) => {
      for await (const chunk of await this.#server.get(this.#path(), query, deadline)) {
        deadline.restart(answerMs);
        splitter.push(chunk);
      }
    });
    return (splitter.end() as { metadata?: object }).metadata ?? {};
  }

  async #watch(version: string, signal: AbortSignal): Promise<void> {
    const seconds = Math.round(minWatchSeconds * (1 + Math.random()));
    const query = this.#query();
    query.set('watch', 'true');
    query.set('allowWatchBookmarks', 'true');
    query.set('timeoutSeconds', String(seconds));
    query.set('resourceVersion', version);
    const startedAt = performance.now();
    await inTime(signal, async (deadline) => {
      const body = await this.#server.get(this.#path(), query, deadline);
      this.#error = undefined;
      // The server ends the watch in time; one that does not is gone without a word.
      deadline.restart(seconds * 1000 + answerMs);
      const line = new Part();
      for await (const chunk of body) this.#takeLines(chunk, line);
    });
    if (performance.now() - startedAt > shortWatchMs) this.#failures = 0;
    else if (this.#version === version) throw new Error('the watch ended as soon as it began');
  }

  /** Each line is an event; what comes after the last line break waits in `line` for the rest of it. */
  #takeLines(chunk: Buffer, line: Part): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      line.add(chunk, from, at);
      from = at + 1;
      const { bytes, end } = line.take();
      if (end > 0) this.#take(this.#reader.read(bytes, end, this.#eventFields) as WatchEvent<T>);
    }
    line.add(chunk, from, chunk.length);
  }

  #take({ type, object }: WatchEvent<T>): void {
    if (type === 'ERROR') throw new ApiError(object.code ?? 500, object.message ?? 'the watch failed');
    const { resourceVersion } = object.metadata;
    if (type === 'ADDED' || type === 'MODIFIED') this.#put(object);
    if (type === 'DELETED') {
      const key = objectKey(object);
      this.#known.delete(key);
      this.#listener.remove(key);
    }
    if (resourceVersion !== undefined) this.#version = resourceVersion;
    this.#failures = 0;
  }

  #put(object: T): string {
    const key = objectKey(object);
    this.#known.add(key);
    this.#listener.put(key, object);
    return key;
  }

  async #waitAfter(error: Error, signal: AbortSignal): Promise<void> {
    this.#failures++;
    this.#error = error.message;
    const isExpired = error instanceof ApiError && error.isExpired;
    if (isExpired) {
      // A list that was too slow for its own pages is tried in one piece.
      if (this.#version === undefined) this.#isPaged = false;
      this.#version = undefined;
    } else if (this.#failures % relistAfterFailures === 0) {
      this.#version = undefined;
    }
    const wait = backoffMs(this.#failures, minBackoffMs, maxBackoffMs, Math.random());
    const afterMs = Math.max(wait, error instanceof ApiError ? error.retryAfterMs : 0);
    const what = this.#version === undefined ? 'list' : 'watch';
    if (isExpired) this.#log.info({ afterMs }, 'the history has been forgotten; listing again');
    else
      this.#log.warn({ err: error, afterMs }, `cannot ${what} objects of the Kubernetes API; trying again`);
    await sleep(afterMs, signal);
  }

  #path(): string {
    const { group, name, isNamespaced } = this.#resource;
    const { namespace } = this.#selection;
    return isNamespaced && namespace !== ''
      ? `${group}/namespaces/${encodeURIComponent(namespace)}/${name}`
      : `${group}/${name}`;
  }

  #query(): URLSearchParams {
    const { label, field } = this.#selection;
    return new URLSearchParams({
      ...(label !== '' && { labelSelector: label }),
      ...(field !== '' && { fieldSelector: field }),
    });
  }
}

/** Does what takes a request, and gives it up when the server falls silent. */
async function inTime(signal: AbortSignal, work: (deadline: Deadline) => Promise<void>): Promise<void> {
  const deadline = new Deadline(answerMs, signal);
  try {
    await work(deadline);
  } catch (error) {
    throw deadline.isOver ? new Error('the API server has fallen silent', { cause: error }) : error;
  } finally {
    deadline.clear();
  }
}
