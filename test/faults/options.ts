import { parseArgs } from 'node:util';

export interface FaultOptions {
  /** Of each fault; undefined: as often as in the quick form. */
  readonly cycles: number | undefined;
  readonly minutes: number;
  readonly seed: number;
  /** For how long Loki is away in faults of sources; undefined: as in the quick form. */
  readonly awaySeconds: number | undefined;
  /** Names of faults, or how they begin. */
  readonly only: readonly string[];
}

export const usage = `Usage: npm run test:faults -- [options]

Makes everything go wrong that can, and counts the lines that arrive.

  --cycles N     how often each fault happens (as in the quick form)
  --minutes M    over and over for so long, with new seeds (0: once)
  --seed S       choose as in the run that printed this seed (another each time)
  --away S       for how long Loki is away from the sources (about a second)
  --only NAMES   only the faults whose names begin so, separated by commas
`;

/** Reads the command line; undefined when only help is asked for. Throws on what it does not know. */
export function parseOptions(args: string[], randomSeed: number): FaultOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      cycles: { type: 'string' },
      minutes: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(randomSeed) },
      away: { type: 'string' },
      only: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    cycles: values.cycles === undefined ? undefined : parseNumber('cycles', values.cycles, 1),
    minutes: parseNumber('minutes', values.minutes, 0),
    seed: parseNumber('seed', values.seed, 0),
    awaySeconds: values.away === undefined ? undefined : parseNumber('away', values.away, 0),
    only: values.only.split(',').filter((name) => name !== ''),
  };
}

function parseNumber(name: string, text: string, min: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min)) throw new Error(`--${name} takes a number, not "${text}"`);
  return value;
}
