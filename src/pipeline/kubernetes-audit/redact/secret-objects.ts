import type { RedactionRule } from './redaction.js';

/** Which values of an object are secret: those under these keys, however deep. */
export interface SecretKeys {
  readonly rule: RedactionRule;
  /** Undefined: all of them. */
  readonly keys: ReadonlySet<string> | undefined;
}

const secret: SecretKeys = { rule: 'secret', keys: new Set(['data', 'stringData']) };
const token: SecretKeys = { rule: 'token', keys: new Set(['token']) };
const certificate: SecretKeys = { rule: 'certificate', keys: new Set(['request', 'certificate']) };
const oauth: SecretKeys = { rule: 'oauth', keys: undefined };

const byResource = new Map([
  ['secrets', secret],
  ['tokenreviews', token],
  ['certificatesigningrequests', certificate],
  ['oauthaccesstokens', oauth],
  ['oauthauthorizetokens', oauth],
  ['useroauthaccesstokens', oauth],
]);

const byKind = new Map([
  ['Secret', secret],
  ['TokenReview', token],
  ['TokenRequest', token],
  ['CertificateSigningRequest', certificate],
  ['OAuthAccessToken', oauth],
  ['OAuthAuthorizeToken', oauth],
  ['UserOAuthAccessToken', oauth],
]);

/** What is secret in the bodies of requests for this resource, whatever its API group. */
export function secretKeysOfResource(resource: string, subresource: string): SecretKeys | undefined {
  if (subresource === 'token') return token;
  return byResource.get(resource);
}

/** What is secret in an object that says it is of this kind, or a list of them. */
export function secretKeysOfKind(kind: string): SecretKeys | undefined {
  return byKind.get(kind.endsWith('List') ? kind.slice(0, -'List'.length) : kind);
}
