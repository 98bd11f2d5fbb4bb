import type { ConfigSource } from '../config/load.js';
import { agentFlags, configSourceOf, isOn } from './config-source.js';
import { helpText } from './help.js';
import { parseFlags } from './parse-flags.js';

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

/** Reads the words after the program's name. Throws a UsageError. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { given, wantsHelp } = parseFlags(words, agentFlags);
  if (wantsHelp) return { kind: 'help', text: helpText(agentFlags) };
  return {
    kind: 'run',
    source: configSourceOf(given, { onlySyntax: isOn(given, 'check-syntax') || isOn(given, 'version') }),
    onlyCheckSyntax: isOn(given, 'check-syntax'),
    onlyPrintVersion: isOn(given, 'version'),
    isDryRun: isOn(given, 'dry-run'),
    inspects: isOn(given, 'inspect'),
    printsConfig: isOn(given, 'print-config-stderr'),
    logsConfig: isOn(given, 'log-config-reverse-order'),
  };
}
