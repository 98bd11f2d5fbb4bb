import { readFile } from 'node:fs/promises';
import type { Secret } from '../fields/secret.js';

/** A text that stands in the config or in a file; undefined when it does neither. */
export type TextSource = { readonly text: string } | { readonly file: string };

/** An empty text or file name counts as none. */
export function textSource(
  text: string | Secret | undefined,
  file: string | undefined,
): TextSource | undefined {
  const plain = typeof text === 'object' ? text.reveal() : text;
  if (plain !== undefined && plain !== '') return { text: plain };
  return file === undefined || file === '' ? undefined : { file };
}

/** The text as it is now: a file is read at each use, so that a changed secret needs no restart, and trimmed. */
export async function readText(source: TextSource, what: string): Promise<string> {
  if ('text' in source) return source.text;
  try {
    return (await readFile(source.file, 'utf8')).trim();
  } catch (cause) {
    throw new Error(`unable to read ${what}: ${(cause as Error).message}`, { cause });
  }
}
