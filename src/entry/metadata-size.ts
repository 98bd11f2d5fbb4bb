import type { Metadata } from './entry.js';
import { textByteLength } from './text.js';

/** What metadata counts for: the bytes of names and values. */
export function metadataSize(metadata: Metadata | undefined): number {
  let bytes = 0;
  for (const [name, value] of metadata ?? []) bytes += textByteLength(name) + textByteLength(value);
  return bytes;
}
