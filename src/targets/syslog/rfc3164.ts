import { type MessageTime, readPriority, type SyslogMessage } from './message.js';
import { readRfc3339, readStamp } from './timestamp.js';

const timestamp = / *([A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+)(?: +|$)/y;
const hostname = /([!-9;-~]{1,255}) +(?=[\s\S])/y;
/** `app: `, `app[123]: `: it ends the tag only in front of a text. */
const tag = /([!-9;-Z\\-~]{1,48})(?:\[([!-Z\\^-~]*)\])?: (?=[\s\S])/y;
const tagAlone = /([!-9;-Z\\-~]{1,48})(?:\[([!-Z\\^-~]*)\]|[:[])/y;

/**
 * Reads a message of RFC 3164, which is what BSD's syslog used to send: no more than a priority and a time are certain; undefined when they
 * are not there. Times in the format of RFC 3339 are taken too, and a text may hold any bytes: Promtail loses such messages.
 */
export function readRfc3164(source: string, nowMs: number): SyslogMessage | undefined {
  const start = readPriority(source);
  if (start === undefined) return undefined;
  const when = matchAt(timestamp, source, start.end);
  const time = when === undefined ? undefined : readTime(when[1]!, nowMs);
  if (when === undefined || time === undefined) return undefined;
  let at = start.end + when[0].length;
  const host = matchAt(hostname, source, at);
  if (host !== undefined) at += host[0].length;
  const process = matchAt(tag, source, at);
  // Nothing but a tag's beginning names the program as well, but belongs to the text.
  const named = process ?? matchAt(tagAlone, source, at);
  return {
    priority: start.priority,
    time,
    hostname: host?.[1],
    appName: named?.[1],
    procId: named?.[2] || undefined,
    msgId: undefined,
    structuredData: undefined,
    text: source.slice(at + (process?.[0].length ?? 0)).replace(/[\r\n]+$/, ''),
  };
}

function readTime(text: string, nowMs: number): MessageTime | undefined {
  return readStamp(text, nowMs) ?? readRfc3339(text);
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}
