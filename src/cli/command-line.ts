import type { ConfigSource } from '../config/load.js';
import type { Override } from '../fields/node.js';
import { clientFlags } from './client-flags.js';
import { flagOf } from './flag.js';
import { generalFlags } from './general-flags.js';
import { helpText } from './help.js';
import { parseFlags } from './parse-flags.js';
import { serverFlags } from './server-flags.js';

/** What the command line asks for. */
export type CommandLine =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'run';
      readonly source: ConfigSource;
      readonly onlyCheckSyntax: boolean;
      readonly onlyPrintVersion: boolean;
      readonly isDryRun: boolean;
      readonly inspects: boolean;
      readonly printsConfig: boolean;
      readonly logsConfig: boolean;
    };

const flags = [...generalFlags, ...clientFlags, ...serverFlags].map(flagOf);

/** Reads the words after the program's name. Throws a UsageError. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { given, wantsHelp } = parseFlags(words, flags);
  if (wantsHelp) return { kind: 'help', text: helpText(flags) };
  const isOn = (name: string) => {
    const value = given.get(name);
    return value !== undefined && 'plain' in value && value.plain === 'true';
  };
  const file = given.get('config.file');
  return {
    kind: 'run',
    source: {
      file: file !== undefined && 'text' in file ? file.text : '',
      expandEnv: isOn('config.expand-env'),
      onlySyntax: isOn('check-syntax') || isOn('version'),
      overrides: overridesOf(given),
    },
    onlyCheckSyntax: isOn('check-syntax'),
    onlyPrintVersion: isOn('version'),
    isDryRun: isOn('dry-run'),
    inspects: isOn('inspect'),
    printsConfig: isOn('print-config-stderr'),
    logsConfig: isOn('log-config-reverse-order'),
  };
}

function overridesOf(given: ReadonlyMap<string, Override['value']>): Override[] {
  const overrides = flags.flatMap(({ name, path }) => {
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
