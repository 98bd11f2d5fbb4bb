import type { ConfigSource } from '../config/load.js';
import type { Override } from '../fields/node.js';
import { agentFlags, configSourceOf, textOf } from './config-source.js';
import { type FlagRow, flagOf } from './flag.js';
import { describeFlags } from './help.js';
import { parseFlags, UsageError } from './parse-flags.js';

/** A command of its own beside the agent: `auditail NAME [flags] [FILE…]`. */
export interface CheckCommand {
  readonly name: string;
  /** What it does, for the help text. */
  readonly about: string;
  /** Its own flags, all of which take a text. Those of the agent that set something in the config go as well. */
  readonly flags: readonly FlagRow[];
}

export type CheckLine =
  | { readonly kind: 'help'; readonly text: string }
  | {
      readonly kind: 'check';
      readonly source: ConfigSource;
      /** What was given for a flag of the command's own. */
      readonly flag: (name: string) => string | undefined;
      readonly files: readonly string[];
    };

/** Reads the words after the command's name; flags and files may be mixed. Throws a UsageError. */
export function parseCheckLine(words: readonly string[], command: CheckCommand): CheckLine {
  const flags = [...configFlags, ...command.flags.map(flagOf)];
  const given = new Map<string, Override['value']>();
  const dashes = words.includes('--') ? words.indexOf('--') : words.length;
  const files: string[] = [];
  for (let left = words.slice(0, dashes); left.length > 0; ) {
    const parsed = parseFlags(left, flags);
    if (parsed.wantsHelp) return { kind: 'help', text: helpOf(command) };
    for (const [name, value] of parsed.given) given.set(name, value);
    const [file, ...rest] = parsed.rest;
    if (file !== undefined) files.push(file);
    left = rest;
  }
  files.push(...words.slice(dashes + 1));
  const source = configSourceOf(given, { onlySyntax: false });
  if (source.file === '' && !given.has('client.url'))
    throw new UsageError(`${command.name} needs the agent's config: -config.file=…`);
  return { kind: 'check', source, flag: (name) => textOf(given, name), files };
}

const about = new Set(['config.file', 'config.expand-env']);
const configFlags = agentFlags.filter(
  ({ name, path }) => about.has(name) || (path !== undefined && name !== 'stdin'),
);

function helpOf({ name, about: text, flags }: CheckCommand): string {
  const shown = [...agentFlags.filter((flag) => about.has(flag.name)), ...flags.map(flagOf)];
  return [
    `Usage: auditail ${name} -config.file=FILE [flags] [FILE…]`,
    '',
    text,
    '',
    `${describeFlags(shown)}`,
    "Flags of the agent that set something in its config (auditail -help) can be given as well, as the agent's command line has them.",
    '',
  ].join('\n');
}
