import type { ConfigSource } from '../config/load.js';
import type { Override } from '../fields/node.js';
import { clientFlags } from './client-flags.js';
import { flagOf } from './flag.js';
import { generalFlags } from './general-flags.js';
import type { ParsedFlags } from './parse-flags.js';
import { serverFlags } from './server-flags.js';

/** The agent's own flags. */
export const agentFlags = [...generalFlags, ...clientFlags, ...serverFlags].map(flagOf);

type Given = ParsedFlags['given'];

/** Where the config comes from, and what these flags change in it. */
export function configSourceOf(given: Given, { onlySyntax }: { readonly onlySyntax: boolean }): ConfigSource {
  return {
    file: textOf(given, 'config.file') ?? '',
    expandEnv: isOn(given, 'config.expand-env'),
    onlySyntax,
    overrides: overridesOf(given),
  };
}

export function isOn(given: Given, name: string): boolean {
  const value = given.get(name);
  return value !== undefined && 'plain' in value && value.plain === 'true';
}

/** What was given for a flag that takes a text. */
export function textOf(given: Given, name: string): string | undefined {
  const value = given.get(name);
  return value !== undefined && 'text' in value ? value.text : undefined;
}

function overridesOf(given: Given): Override[] {
  const overrides = agentFlags.flatMap(({ name, path }) => {
    const value = given.get(name);
    return value === undefined || path === undefined || isEmptyUrl(name, value) ? [] : [{ path, value }];
  });
  return given.has('client.url') ? [...clientOfFlagsAlone, ...overrides] : overrides;
}

/** The same as none. */
function isEmptyUrl(name: string, value: Override['value']): boolean {
  return name === 'client.url' && 'text' in value && value.text === '';
}

/** As in Promtail: these two are on for clients in the file, but off for one that is made of flags only. */
const clientOfFlagsAlone: readonly Override[] = [
  { path: ['client', 'follow_redirects'], value: { plain: 'false' }, unlessGiven: 'client' },
  { path: ['client', 'enable_http2'], value: { plain: 'false' }, unlessGiven: 'client' },
];
