import { type Logger, pino } from 'pino';

/** A logger that writes into an array: one object a line, as pino prints it. */
export function recordedLog(lines: Record<string, unknown>[] = []): {
  log: Logger;
  lines: Record<string, unknown>[];
} {
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { log, lines };
}
