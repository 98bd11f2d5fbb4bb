import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

const digestBytes = 8;

/** Stands for the id of an event, at a seventh of its length: eight characters, each a byte. */
export function eventDigest(id: string): string {
  return hash('sha256', id, 'buffer').toString('latin1', 0, digestBytes);
}

/** Digests as one text, for the positions file. */
export function joinDigests(digests: Iterable<string>): string {
  return Buffer.from([...digests].join(''), 'latin1').toString('base64');
}

export function splitDigests(text: string): string[] {
  const joined = Buffer.from(text, 'base64').toString('latin1');
  return joined.match(new RegExp(`[^]{${digestBytes}}`, 'g')) ?? [];
}
