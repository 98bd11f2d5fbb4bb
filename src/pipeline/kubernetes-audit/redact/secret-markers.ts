import type { Marker } from '../../../go/json/walker.js';

/** What a marker found in a text says of it. */
export const markerBits = {
  /** There may be a token or a key. */
  pattern: 1,
  /** There may be an object of a kind that is secret. */
  kind: 2,
  /** There is a copy of an object. */
  copy: 4,
  /** A letter, a space or a dash is written as an escape: the API server does not do that, but clients may in patches. It could hide all others. */
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
  // Its pairs of letters stand in every other word; this one at least does not.
  marker('bearer ', markerBits.pattern, 5),
  ...['Secret"', 'SecretList', 'TokenRe', 'CertificateSigning', 'OAuthA'].map((text) =>
    marker(text, markerBits.kind),
  ),
  marker('-applied-configuration', markerBits.copy),
  marker(webhookPatch, markerBits.patch, webhookPatch.indexOf('.')),
  ...['\\u004', '\\u005', '\\u006', '\\u007', '\\u0020', '\\u002d', '\\u002D'].map((text) =>
    marker(text, markerBits.escape),
  ),
  // URLs are short: two letters are seldom found there.
  ...['yJ', 'PR', 'AK', 'AS', 'Be'].map((text) => marker(text, markerBits.urlPattern)),
  ...['bearer%20', 'bearer+'].map((text) => marker(text, markerBits.urlPattern, 5)),
];

function marker(text: string, bits: number, pairAt = 0): Marker {
  return { text, pairAt, bits };
}
