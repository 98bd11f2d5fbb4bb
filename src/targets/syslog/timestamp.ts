import { type MessageTime, utcSeconds } from './message.js';

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))$/;

/** `2023-10-11T22:14:15.003Z`, down to nanoseconds; undefined when it is none. */
export function readRfc3339(text: string): MessageTime | undefined {
  const match = rfc3339.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const local = utcSeconds(year!, month!, day!, hour!, minute!, second!);
  if (local === undefined) return undefined;
  const [, , , , , , , fraction = '', sign, hours, minutes] = match;
  const offset =
    sign === undefined ? 0 : (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1);
  return { seconds: local - offset, nanos: Number(fraction.padEnd(9, '0')) };
}

/** The same, as Go prints it with no more than six digits of fraction. */
export function printRfc3339(text: string): string {
  const [, time, digits = '', zone] = /^(.{19})(?:\.(\d+))?(.+)$/.exec(text)!;
  const fraction = digits.slice(0, 6).replace(/0+$/, '');
  return `${time}${fraction === '' ? '' : `.${fraction}`}${zone!.replace(/^[+-]00:00$/, 'Z')}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const stamp = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)$/;

/** `Oct 11 22:14:15`, in UTC, in the year that puts it nearest to now: the format has none. */
export function readStamp(text: string, nowMs: number): MessageTime | undefined {
  const match = stamp.exec(text);
  const month = match === null ? 0 : months.indexOf(match[1]!) + 1;
  if (match === null || month === 0) return undefined;
  const [day, hour, minute, second] = match.slice(2).map(Number);
  const thisYear = new Date(nowMs).getUTCFullYear();
  const candidates = [thisYear, thisYear - 1, thisYear + 1]
    .map((year) => utcSeconds(year, month, day!, hour!, minute!, second!))
    .filter((seconds) => seconds !== undefined)
    .sort((a, b) => Math.abs(a - nowMs / 1000) - Math.abs(b - nowMs / 1000));
  return candidates[0] === undefined ? undefined : { seconds: candidates[0], nanos: 0 };
}
