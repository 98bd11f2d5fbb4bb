import type { AuditEvent } from '../audit-event.js';

/** What a marker found in a text says of it. */
export const markerBits = {
  /** There may be a token or a key. */
  pattern: 1,
  /** There may be an object of a kind that is secret. */
  kind: 2,
  /** There is a copy of an object. */
  copy: 4,
  /** A letter is written as an escape: the API server does not do that, and it could hide all others. */
  escape: 8,
} as const;

interface Marker {
  readonly text: Buffer;
  /** Where in it the two characters are that it is found by, which are rare in bodies. */
  readonly pairAt: number;
  readonly bit: number;
}

/** Texts without which there is nothing to redact. */
const markers: readonly Marker[] = [
  marker('eyJ', markerBits.pattern, 1),
  ...['PRIVATE KEY', 'AKIA', 'ASIA', 'Bearer'].map((text) => marker(text, markerBits.pattern)),
  ...['Secret"', 'SecretList', 'TokenRe', 'CertificateSigning', 'OAuthA'].map((text) =>
    marker(text, markerBits.kind),
  ),
  marker('-applied-configuration', markerBits.copy),
  ...['\\u004', '\\u005', '\\u006', '\\u007'].map((text) => marker(text, markerBits.escape)),
];

function marker(text: string, bit: number, pairAt = 0): Marker {
  return { text: Buffer.from(text), pairAt, bit };
}

/** What `findPair` of the event has to look for. */
export const markerPairs: ReadonlySet<string> = new Set(
  markers.map(({ text, pairAt }) => text.toString('latin1', pairAt, pairAt + 2)),
);

/**
 * Which markers stand in the event's bytes from `start` to `end`, as bits. Node's own search, called for each marker, takes ten times as
 * long for a usual body.
 */
export function findMarkers(event: AuditEvent, start: number, end: number): number {
  const { bytes } = event;
  let found = 0;
  for (let at = event.findPair(start, end); at < end; at = event.findPair(at + 1, end)) {
    for (const { text, pairAt, bit } of markers) {
      if (bytes[at] === text[pairAt] && standsAt(bytes, at - pairAt, text, start, end)) found |= bit;
    }
  }
  return found;
}

function standsAt(bytes: Buffer, at: number, text: Buffer, start: number, end: number): boolean {
  if (at < start || at + text.length > end) return false;
  let same = 0;
  while (same < text.length && bytes[at + same] === text[same]) same++;
  return same === text.length;
}
