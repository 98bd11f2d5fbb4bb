import type { FlagRow } from '../cli/flag.js';
import { UsageError } from '../cli/parse-flags.js';
import { parseGoDuration } from '../go/duration.js';

/** What the command line says about the files to look at. */
export interface PlanOptions {
  /** Given files stand for this path. */
  readonly readAs: string | undefined;
  /** Only this job counts. */
  readonly job: string | undefined;
  /** Only this client counts. */
  readonly client: string | undefined;
  readonly discoveryTimeoutMs: number;
  readonly isJson: boolean;
}

type Flag = (name: string) => string | undefined;

// biome-ignore format: one flag a line
export const planFlags: readonly FlagRow[] = [
  ['as', 'string', '', '', 'Read the given files as if they were at this path: the labels, and which target they belong to.'],
  ['job', 'string', '', '', 'Only this job; given files of no target\'s paths are taken for its own.'],
  ['client', 'string', '', '', 'Only this client, by its name; of several without a name, by their place: 1, 2…'],
  ['discovery.timeout', 'string', '10s', '', 'How long to wait for what a discovery finds.'],
  ['output', 'string', 'text', '', 'How to print what was found: text or json.'],
];

/** Throws a UsageError. */
export function readPlanOptions(flag: Flag): PlanOptions {
  const output = flag('output') ?? 'text';
  if (output !== 'text' && output !== 'json')
    throw new UsageError(`-output takes text or json, not ${JSON.stringify(output)}`);
  return {
    readAs: flag('as'),
    job: flag('job'),
    client: flag('client'),
    discoveryTimeoutMs: readFlag('discovery.timeout', flag, parseGoDuration) ?? 10_000,
    isJson: output === 'json',
  };
}

/** What was given for a flag; throws a UsageError that names it. */
export function readFlag<T>(name: string, flag: Flag, read: (text: string) => T): T | undefined {
  const text = flag(name);
  if (text === undefined) return undefined;
  try {
    return read(text);
  } catch (error) {
    throw new UsageError(
      `invalid value ${JSON.stringify(text)} for flag -${name}: ${(error as Error).message}`,
    );
  }
}
