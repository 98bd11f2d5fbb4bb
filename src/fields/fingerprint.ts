import { createHash } from 'node:crypto';
import { Secret } from './secret.js';

/** Tells two configs apart, secrets included, without showing them: equal values have equal fingerprints. In hex digits. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, revealing)).digest('hex');
}

/** Passwords tell configs apart too, and maps have no JSON of their own. */
function revealing(this: unknown, key: string, value: unknown): unknown {
  const raw = (this as Record<string, unknown>)[key];
  if (raw instanceof Secret) return raw.reveal();
  return value instanceof Map ? [...value] : value;
}
