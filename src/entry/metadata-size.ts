import type { MetadataPair } from './metadata.js';
import { textByteLength } from './text.js';

/** What metadata counts for in Loki: the bytes of names and values. */
export function metadataSize(pairs: readonly MetadataPair[]): number {
  let bytes = 0;
  for (const [name, value] of pairs) bytes += textByteLength(name) + textByteLength(value);
  return bytes;
}
