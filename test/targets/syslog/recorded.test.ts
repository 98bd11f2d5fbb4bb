import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FramingError, framingFor } from '../../../src/targets/syslog/framing.js';
import { priorityLabels, type SyslogMessage } from '../../../src/targets/syslog/message.js';
import { readRfc3164 } from '../../../src/targets/syslog/rfc3164.js';
import { readRfc5424 } from '../../../src/targets/syslog/rfc5424.js';

/** A stream, and what the library that Promtail uses made of it. */
interface Recorded {
  readonly format: string;
  readonly stream: string;
  readonly max?: number;
  readonly results: readonly Result[];
  readonly error?: string;
}

interface Result {
  readonly error?: string;
  readonly message?: string;
  readonly [field: string]: unknown;
}

const recorded = JSON.parse(readFileSync('test/targets/syslog/recorded.json', 'utf8')) as Recorded[];
const october = Date.UTC(2023, 9, 20);

/** What is understood here otherwise, by the beginning of the stream: the texts of the messages. */
const differences = new Map<string, readonly string[]>([
  // Promtail takes what it has read of a tag off the text.
  ['<13>Feb  5 17:32:18 host app[123] msg', ['app[123] msg']],
  ['<13>Feb  5 17:32:18 host app[1 2]: msg', ['app[1 2]: msg']],
  ['<13>Feb  5 17:32:18 host app[a]b: msg', ['app[a]b: msg']],
  // A mangled value of structured data, when the message is put together anew.
  ['<34>1 2023-10-11T22:14:15Z h a p m [x a="ü"] ü', ['ü']],
  // Promtail's texts end at the first newline.
  ['<13>Feb  5 17:32:18 host app: two\nlines\n<13>Feb  5 17:32:18 host app: next', ['two\nlines', 'next']],
  // Nothing behind the time, or only a host and a blank.
  ['<13>Feb  5 17:32:18', ['']],
  ['<13>Feb  5 17:32:18 host ', ['host ']],
]);

it.each(recorded.filter(isUnderstood))('reads as Promtail does: $format $stream', (test) => {
  const messages = read(test);
  const expected = test.results.filter((result) => result.error === undefined);
  const texts = differences.get(test.stream);
  if (texts !== undefined) {
    expect(messages.map((message) => message?.text)).toEqual(texts);
    expect(messages.map(fieldsOf)).not.toEqual(expected.map(asText));
    return;
  }
  expect(messages.map(fieldsOf)).toEqual(expected.map(asText));
});

/** Whether Promtail keeps all of the stream. */
function isUnderstood({ results, error }: Recorded): boolean {
  return (
    error === undefined &&
    results.every((result) => result.error === undefined || /found EOF, expecting/.test(result.error)) &&
    !results.some(({ message, app }) => message === undefined && app !== undefined)
  );
}

function asText({ message = '', time, ...rest }: Result): object {
  return { message, ...rest, ...(typeof time === 'string' ? { time } : {}) };
}

function fieldsOf(message: SyslogMessage | undefined): object {
  if (message === undefined) return { unreadable: true };
  const { priority, time, hostname, appName, procId, msgId, structuredData, text, full } = message;
  const [severity, facility] = priorityLabels(priority).map(([, value]) => value);
  const given = {
    message: text,
    severity,
    facility,
    hostname,
    app: appName,
    proc: procId,
    msgid: msgId,
    full,
    sd:
      structuredData &&
      Object.fromEntries([...structuredData].map(([id, parameters]) => [id, Object.fromEntries(parameters)])),
    time: time && printTime(time, full === undefined),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** As recorded: nanoseconds, or without a year. */
function printTime({ seconds, nanos }: { seconds: number; nanos: number }, isYearless: boolean): string {
  if (isYearless) return new Date(seconds * 1000).toISOString().slice(5, 19);
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
}

function read({ format, stream, max = 8192 }: Recorded): (SyslogMessage | undefined)[] {
  const bytes = Buffer.from(stream);
  const messages: Buffer[] = [];
  const framing = framingFor(bytes[0]!, { maxMessageBytes: max, onCut: () => {} });
  try {
    framing.add(bytes, messages);
    framing.end(messages);
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
  }
  return messages.map((message) =>
    format === 'rfc3164' ? readRfc3164(message.toString(), october) : readRfc5424(message.toString()),
  );
}
