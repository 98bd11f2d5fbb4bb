import { type Logger, pino } from 'pino';
import { logfmtLine } from './logfmt.js';

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface AgentLogOptions {
  readonly level: LogLevel;
  /** Anything but `json` is logfmt, as in Promtail. */
  readonly format: string;
  /** Takes each line before the call that logs it returns, so that no end of the process loses one. */
  readonly write: (line: string) => void;
  /** Told of each message that is written. */
  readonly count?: (level: LogLevel) => void;
}

/** The agent's own log lines: `level=info ts=… msg="…" k=v`, or the same as JSON. The level may change while it runs. */
export class AgentLog {
  /** What the parts log to, with children of their own. */
  readonly logger: Logger;
  level: LogLevel;

  constructor({ level, format, write, count }: AgentLogOptions) {
    this.level = level;
    // Children copy the level at birth, so the one in force is looked up at each call.
    const wants = (number: number) => number >= pino.levels.values[this.level]!;
    const toLine = format === 'json' ? (json: string) => json : logfmtLine;
    this.logger = pino(
      {
        level: 'debug',
        base: null,
        messageKey: 'msg',
        timestamp: () => `,"ts":"${isoTime(new Date())}"`,
        formatters: { level: (label) => ({ level: levelOf(label) }) },
        serializers: { err: errorText, error: errorText },
        hooks: {
          logMethod(args, method, number) {
            if (!wants(number)) return;
            count?.(levelOf(pino.levels.labels[number]!));
            method.apply(this, args);
          },
        },
      },
      { write: (json: string) => write(toLine(json)) },
    );
  }
}

/** What `toISOString` gives. That has ICU look up the time zone's name, even for UTC: 0.8 MB of an agent at rest. */
function isoTime(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${now.getUTCFullYear()}-${two(now.getUTCMonth() + 1)}-${two(now.getUTCDate())}`;
  const time = `${two(now.getUTCHours())}:${two(now.getUTCMinutes())}:${two(now.getUTCSeconds())}`;
  return `${date}T${time}.${String(now.getUTCMilliseconds()).padStart(3, '0')}Z`;
}

/** Promtail has no other words. */
function levelOf(label: string): LogLevel {
  return logLevels.find((level) => level === label) ?? (label === 'fatal' ? 'error' : 'debug');
}

/** What went wrong and why, without a stack: `cannot read x: EACCES: permission denied`. */
function errorText(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const cause = error.cause === undefined ? undefined : errorText(error.cause);
  const isTold = typeof cause !== 'string' || error.message.includes(cause);
  return isTold ? error.message || error.name : `${error.message}: ${cause}`;
}
