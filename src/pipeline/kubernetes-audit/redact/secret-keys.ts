/** Where a key that sounds secret makes its value so: anywhere, in environment variables only, or nowhere. */
export type KeyScope = 'all' | 'variables' | 'none';

const secretWords = /passw(?:or)?d|passphrase|token|secret|key|credential/i;
/** Keys of keys, and names of secrets: they say where the secret is, not what it is. */
const harmless = /^keys?$|names?$|refs?$/i;

export function soundsSecret(key: string): boolean {
  return secretWords.test(key) && !harmless.test(key);
}

/** Config maps and custom resources may have anything anywhere; of other objects only containers' environments may. */
export function keyScopeOf(resource: string, apiGroup: string): KeyScope {
  const isCustom = apiGroup.includes('.') && !apiGroup.endsWith('.k8s.io');
  return resource === 'configmaps' || isCustom ? 'all' : 'variables';
}
