import type { Secret } from '../fields/secret.js';

/** How many of these are configured; an empty text counts as not. */
export function countGiven(...values: (string | Secret | undefined)[]): number {
  return values.filter((value) => (typeof value === 'object' ? value.reveal() : (value ?? '')) !== '').length;
}
