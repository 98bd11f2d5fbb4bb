import type { HttpOptions } from './http-options.js';
import { readText } from './secret-text.js';

/** The headers that `http_headers` adds to each request. Throws an Error when a file cannot be read. */
export async function readExtraHeaders(
  configured: HttpOptions['http_headers'],
): Promise<Record<string, string[]>> {
  const headers: Record<string, string[]> = {};
  for (const [name, { values = [], secrets = [], files = [] }] of configured ?? []) {
    const all = [...values, ...secrets.map((value) => value.reveal())];
    for (const file of files) all.push(await readText({ file }, `headers file ${file}`));
    headers[name] = all;
  }
  return headers;
}
