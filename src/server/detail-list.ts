import { fileTable, isFileState } from './file-table.js';
import { type Html, html } from './html.js';
import type { ReadRates } from './read-rates.js';

/** What a target tells of itself, whatever its kind: files as a table, other lists and objects nested, errors marked. */
export function detailList(details: Readonly<Record<string, unknown>>, rates: ReadRates): Html {
  const parts = Object.entries(details).filter(([name, value]) => !isEmpty(name, value));
  const files = parts.filter(([name, value]) => isFileList(name, value));
  const plain = parts.filter(([name, value]) => !isFileList(name, value));
  const list =
    plain.length === 0
      ? ''
      : html`<dl class="plain">${plain.map(([name, value]) => html`<dt>${words(name)}</dt><dd>${detail(name, value, rates)}</dd>`)}</dl>`;
  return html`${files.map(([, value]) => fileTable(value as never, rates))}${list}`;
}

/** All that a target calls an error, of itself or of a part of it. */
export function errorsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    isErrorName(name) && typeof part === 'string' && part !== '' ? [part] : errorsIn(part),
  );
}

function detail(name: string, value: unknown, rates: ReadRates): Html {
  if (Array.isArray(value)) return html`${value.map((each) => html`<div>${detail('', each, rates)}</div>`)}`;
  if (typeof value === 'object' && value !== null) return detailList(value as Record<string, unknown>, rates);
  const text = String(value);
  return isErrorName(name) ? html`<span class="error">${text}</span>` : html`${text}`;
}

/** `files` is always one, so that none is told too. */
function isFileList(name: string, value: unknown): boolean {
  return Array.isArray(value) && (value.length === 0 ? name === 'files' : value.every(isFileState));
}

function isEmpty(name: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0 && !isFileList(name, value);
  return value === undefined || value === null || value === '';
}

function isErrorName(name: string): boolean {
  return /^(lastE|e)rror$/.test(name);
}

/** `readUnderAnotherPath` → `read under another path`. */
function words(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
