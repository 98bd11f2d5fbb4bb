import { parseArgs } from 'node:util';

export interface DemoOptions {
  events: number;
  seconds: number;
  seed: number;
  serve: boolean;
}

export const usage = `Usage: npm run demo -- [options]

Writes a simulated API server's audit log, ships it with the agent into a Loki in memory, and counts.

  --events N    how many events to write (30000)
  --seconds N   how long that takes (15)
  --seed N      other events for another number (1)
  --serve       then stay, with a little traffic, until Ctrl-C
`;

/** Reads the command line; `undefined` when only help is asked for. Throws on what it does not know. */
export function parseOptions(args: string[]): DemoOptions | undefined {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string', default: '30000' },
      seconds: { type: 'string', default: '15' },
      seed: { type: 'string', default: '1' },
      serve: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    events: parseNumber('events', values.events, Number.isSafeInteger),
    seconds: parseNumber('seconds', values.seconds, Number.isFinite),
    seed: parseNumber('seed', values.seed, Number.isSafeInteger),
    serve: values.serve,
  };
}

function parseNumber(name: string, text: string, isFit: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !isFit(value) || value <= 0)
    throw new Error(`--${name} takes a positive number, not "${text}"`);
  return value;
}
