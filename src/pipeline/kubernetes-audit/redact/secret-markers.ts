import type { Marker } from '../../../go/json/walker.js';

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
  /** There may be a token or a key, in whatever letters. */
  urlPattern: 16,
  /** There is what a webhook has changed. */
  patch: 32,
} as const;

/** How keys of annotations begin that hold what webhooks have changed. */
export const webhookPatch = 'patch.webhook.admission.k8s.io/';

/** Texts without which there is nothing to redact. */
export const markers: readonly Marker[] = [
  marker('eyJ', markerBits.pattern, 1),
  ...['PRIVATE KEY', 'AKIA', 'ASIA', 'Bearer'].map((text) => marker(text, markerBits.pattern)),
  ...['Secret"', 'SecretList', 'TokenRe', 'CertificateSigning', 'OAuthA'].map((text) =>
    marker(text, markerBits.kind),
  ),
  marker('-applied-configuration', markerBits.copy),
  marker(webhookPatch, markerBits.patch, webhookPatch.indexOf('.')),
  ...['\\u004', '\\u005', '\\u006', '\\u007'].map((text) => marker(text, markerBits.escape)),
  // URLs are short: two letters are seldom found there, and tell of a bearer whatever its other letters are.
  ...['yJ', 'PR', 'AK', 'AS', 'Be'].map((text) => marker(text, markerBits.urlPattern)),
];

function marker(text: string, bits: number, pairAt = 0): Marker {
  return { text, pairAt, bits };
}
