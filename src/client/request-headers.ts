import type { Logger } from 'pino';
import { encodeText } from '../entry/text.js';
import { readText } from '../http/secret-text.js';
import type { SendingOptions } from './client-options.js';

export type Headers = Record<string, string | string[]>;

/** What the connection itself sets. */
const connectionHeader =
  /^(host|content-length|transfer-encoding|trailer|connection|keep-alive|upgrade|expect|proxy-authorization)$/i;

/** The headers of a push, all but those of the connection and the authorization from the options for it. */
export class RequestHeaders {
  readonly #options: SendingOptions;
  readonly #log: Logger;
  readonly #fixed: Headers;
  readonly #skipped = new Set<string>();

  constructor(options: SendingOptions, version: string, log: Logger) {
    this.#options = options;
    this.#log = log;
    // Gateways and dashboards know the agent by the first word.
    this.#fixed = { 'User-Agent': `promtail/3.6 auditail/${version}` };
  }

  /** Those of a push whose kind has `own` ones. Throws an Error when a file with a header's value cannot be read. */
  async of(own: Readonly<Record<string, string>>): Promise<Headers> {
    const headers: Headers = { ...own, ...this.#fixed };
    for (const [name, value] of this.#options.headers ?? []) {
      if (findHeader(headers, name) !== undefined || connectionHeader.test(name)) this.#warnSkipped(name);
      else headers[name] = headerText(value);
    }
    for (const [name, { values = [], secrets = [], files = [] }] of this.#options.http_headers ?? []) {
      const key = findHeader(headers, name) ?? name;
      const all = [headers[key] ?? []].flat();
      all.push(...values.map(headerText), ...secrets.map((value) => headerText(value.reveal())));
      for (const file of files) all.push(headerText(await readText({ file }, `headers file ${file}`)));
      headers[key] = all;
    }
    return headers;
  }

  #warnSkipped(name: string): void {
    if (this.#skipped.has(name)) return;
    this.#skipped.add(name);
    this.#log.warn({ key: name }, 'custom header key already exists, skipping');
  }
}

/** Header values are bytes: UTF-8 in them is written one byte a character. */
export function headerText(text: string): string {
  return encodeText(text).toString('latin1');
}

/** The name as it is written among `headers`, in whatever case. */
export function findHeader(headers: Headers, name: string): string | undefined {
  return Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
}

export function withoutHeader(headers: Headers, name: string): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}
