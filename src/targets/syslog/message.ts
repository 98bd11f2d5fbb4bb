/** A syslog message taken apart. What is absent, or written as `-`, is undefined. */
export interface SyslogMessage {
  readonly priority: number;
  readonly time: MessageTime | undefined;
  readonly hostname: string | undefined;
  readonly appName: string | undefined;
  readonly procId: string | undefined;
  readonly msgId: string | undefined;
  /** Parameters by the id of their element. */
  readonly structuredData: ReadonlyMap<string, ReadonlyMap<string, string>> | undefined;
  /** '' when it says nothing. */
  readonly text: string;
  /** All of it, put together anew; RFC 5424 only. */
  readonly full?: string;
}

export interface MessageTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** `<34>…`: the priority, and where what follows begins; undefined when there is none. */
export function readPriority(source: string): { priority: number; end: number } | undefined {
  const match = /^<(0|[1-9][0-9]?|1[0-8][0-9]|19[01])>/.exec(source);
  return match === null ? undefined : { priority: Number(match[1]), end: match[0].length };
}

const severities = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];

/** GELF has the same levels. */
export function severityName(level: number): string | undefined {
  return severities[level];
}

const facilities = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'security', 'console', 'cron2'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
];

/** The labels that its priority gives a message. */
export function priorityLabels(priority: number): [name: string, value: string][] {
  return [
    ['__syslog_message_severity', severities[priority % 8]!],
    ['__syslog_message_facility', facilities[Math.floor(priority / 8)]!],
  ];
}

/** Seconds since 1970 of a date that exists; undefined otherwise. A second of 60 is the next minute's first. */
export function utcSeconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isReal || hour > 23 || minute > 59 || second > 60) return undefined;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
}
