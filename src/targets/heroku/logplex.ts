import type { Buffer } from 'node:buffer';
import { decodeText } from '../../entry/text.js';
import type { MessageTime } from '../syslog/message.js';
import { readRfc3339 } from '../syslog/timestamp.js';

/** One line of an app, as Heroku's logplex hands it on. */
export interface LogplexMessage {
  readonly time: MessageTime;
  readonly host: string;
  readonly app: string;
  readonly process: string;
  readonly id: string;
  /** With its newline at the end, as in Promtail. */
  readonly text: string;
}

/** What stands in a body, up to where it cannot be read. */
export interface LogplexBody {
  readonly messages: LogplexMessage[];
  readonly fault: string | undefined;
}

/** Takes a body apart: messages of syslog without structured data, each with its length in front. */
export function readLogplex(body: Buffer): LogplexBody {
  const messages: LogplexMessage[] = [];
  for (let at = 0; at < body.length; ) {
    const blank = body.indexOf(0x20, at);
    if (blank < 0) return { messages, fault: 'missing frame length: bad frame' };
    const length = body.toString('latin1', at, blank);
    if (!/^\d{1,9}$/.test(length)) return { messages, fault: 'couldnt parse frame length: bad frame' };
    const end = blank + 1 + Number(length);
    if (end > body.length) return { messages, fault: 'message boundary not respected: bad frame' };
    const message = readMessage(decodeText(body, blank + 1, end));
    if (typeof message === 'string') return { messages, fault: message };
    messages.push(message);
    at = end;
  }
  return { messages, fault: undefined };
}

const header = /^(\S*) (\S*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) /;

/** A text says what is wrong. */
function readMessage(source: string): LogplexMessage | string {
  const match = header.exec(source);
  if (match === null) return 'a message that ends too early';
  const [whole, priority, timestamp, host, app, process, id] = match;
  if (!/<\d+>\d/.test(priority!)) return 'invalid pri-val';
  const time = readRfc3339(timestamp!);
  if (time === undefined) return `cannot read ${JSON.stringify(timestamp)} as a time`;
  return { time, host: host!, app: app!, process: process!, id: id!, text: source.slice(whole.length) };
}
