import { pipeline } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import type { Secret } from '../../fields/secret.js';
import { Deadline } from '../../http/deadline.js';
import { HttpClient, type HttpClientDeps } from '../../http/http-client.js';
import { plainHttp } from '../../http/http-options.js';
import type { TimeWindow } from './time-window.js';

/** Cloudflare has no logs of so long ago any more: asking again is no use. */
export class TooEarlyError extends Error {
  override name = 'TooEarlyError';
}

/** A server that says nothing for so long will not any more. */
const silenceMs = 60_000;
const newline = 0x0a;

/** Asks Cloudflare's Logpull API for the logs of one zone. */
export class Logpull {
  readonly #http: HttpClient;
  readonly #url: URL;

  constructor(
    apiUrl: URL,
    { token, zone, fields }: { token: Secret; zone: string; fields: readonly string[] },
    deps: HttpClientDeps,
  ) {
    const authorization = {
      type: 'Bearer',
      credentials: token,
      credentials_file: undefined,
      credentials_ref: undefined,
    };
    this.#http = new HttpClient(apiUrl, { ...plainHttp, authorization, proxy_from_environment: true }, deps);
    this.#url = new URL(`${apiUrl.href.replace(/\/$/, '')}/zones/${encodeURIComponent(zone)}/logs/received`);
    this.#url.searchParams.set('fields', fields.join(','));
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  /** Hands on the lines of a window as they come. Throws when that was not all of them. */
  async pull(
    { start, end }: TimeWindow,
    signal: AbortSignal,
    take: (lines: Buffer[]) => Promise<void>,
  ): Promise<void> {
    const url = new URL(this.#url);
    url.searchParams.set('start', String(start));
    url.searchParams.set('end', String(end));
    const deadline = new Deadline(silenceMs, signal);
    try {
      const { statusCode, headers, body } = await this.#http.get(
        url,
        { 'accept-encoding': 'gzip' },
        deadline.signal,
      );
      const isPacked = headers['content-encoding'] === 'gzip';
      const answer = isPacked ? pipeline(body, createGunzip(), () => {}) : body;
      if (statusCode >= 400) throw errorOf(statusCode, await readText(answer));
      let rest: Buffer = Buffer.alloc(0);
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const lines = splitLines(bytes);
        rest = lines.pop()!;
        // However long that takes.
        deadline.restart(0);
        await take(lines.filter((line) => line.length > 0));
        deadline.restart(silenceMs);
      }
      if (rest.length > 0) await take([rest]);
    } catch (error) {
      if (deadline.isOver) throw new Error(`no answer for ${silenceMs / 1000} s`, { cause: error });
      throw error;
    } finally {
      deadline.clear();
    }
  }
}

function errorOf(status: number, answer: string): Error {
  if (/too early: logs older than \S+ are not available/.test(answer))
    return new TooEarlyError(answer.trim());
  return new Error(`HTTP status ${status}: ${answer.trim()}`);
}

/** The last one is what no newline follows. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    lines.push(bytes.subarray(start, bytes[end - 1] === 0x0d && end > start ? end - 1 : end));
    start = end + 1;
  }
  return [...lines, bytes.subarray(start)];
}
