import { createHash } from 'node:crypto';
import type { ConfigNode } from './node.js';
import { Problems } from './problems.js';
import { Secret } from './secret.js';

/** Tells two configs apart, secrets included, without showing them: equal values have equal fingerprints. In hex digits. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, revealing)).digest('hex');
}

/** Tells two parts of a config apart by how they are written: `1.10` and `1.1` are one number, but two labels. */
export function fingerprintNode(node: ConfigNode): string {
  return fingerprint(writtenValue(node));
}

function writtenValue(node: ConfigNode): unknown {
  switch (node.shape) {
    case 'map':
      return node.pairs(new Problems('')).map(({ key, value }) => [key, writtenValue(value)]);
    case 'list':
      return { items: node.items().map(writtenValue) };
    case 'scalar':
      return node.isQuoted ? { quoted: node.text } : node.text;
    case 'null':
      return null;
  }
}

/** Passwords tell configs apart too, and maps have no JSON of their own. */
function revealing(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key];
  if (raw instanceof Secret) return raw.reveal();
  return value instanceof Map ? [...value] : value;
}
