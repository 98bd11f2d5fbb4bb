import { civilFromDays, daysFromCivil, daysInMonth, isLeapYear, weekday } from './civil.js';
import type { ZonePeriod } from './location.js';

/** The rule at the end of a zone file, for all times after its last transition. */
export type TzRule = (seconds: number) => ZonePeriod;

/** Reads a POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`; undefined when it is none. */
export function parseTzRule(text: string, lastTransition: number): TzRule | undefined {
  const match = posixRule.exec(text);
  if (match === null) return undefined;
  const [, standardName, standardOffset, summerName, summerOffset, startText, endText] = match;
  const standard = { abbreviation: plainName(standardName!), offset: -clockSeconds(standardOffset!) };
  if (summerName === undefined) {
    const period = { ...standard, start: lastTransition, end: Infinity };
    return () => period;
  }
  const summer = {
    abbreviation: plainName(summerName),
    offset: summerOffset === undefined ? standard.offset + 3600 : -clockSeconds(summerOffset),
  };
  const startOf = changeInYear(startText ?? 'M3.2.0', standard.offset);
  const endOf = changeInYear(endText ?? 'M11.1.0', summer.offset);
  return (seconds) => {
    const { year } = civilFromDays(Math.floor(seconds / 86_400));
    const begin = startOf(year);
    const finish = endOf(year);
    // South of the equator summer ends before it begins, seen from January.
    const [first, second, inside, outside] =
      begin <= finish ? [begin, finish, summer, standard] : [finish, begin, standard, summer];
    const yearStart = daysFromCivil(year, 1, 1) * 86_400;
    const yearEnd = daysFromCivil(year + 1, 1, 1) * 86_400;
    if (seconds < first) return { ...outside, start: yearStart, end: first };
    if (seconds >= second) return { ...outside, start: second, end: yearEnd };
    return { ...inside, start: first, end: second };
  };
}

const name = '(<[^>]*>|[^\\d,+<-]{3,})';
const clock = '([+-]?\\d+(?::\\d+){0,2})';
const day = '(?:M\\d+\\.\\d+\\.\\d+|J?\\d+)(?:/[+-]?\\d+(?::\\d+){0,2})?';
const posixRule = new RegExp(`^${name}${clock}(?:${name}${clock}?(?:,(${day}),(${day}))?)?$`);

function plainName(text: string): string {
  return text.startsWith('<') ? text.slice(1, -1) : text;
}

/** `-3:30` as seconds. */
function clockSeconds(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, '').split(':').map(Number);
  const size = hours * 3600 + minutes * 60 + seconds;
  return text.startsWith('-') ? -size : size;
}

/** When in a year clocks change, in Unix seconds, for a rule such as `M10.5.0/3` read by clocks at `offset`. */
function changeInYear(rule: string, offset: number): (year: number) => number {
  const [date = '', time = '2'] = rule.split('/');
  const atTime = clockSeconds(time) - offset;
  return (year) => dayInYear(date, year) * 86_400 + atTime;
}

function dayInYear(date: string, year: number): number {
  const newYear = daysFromCivil(year, 1, 1);
  if (date.startsWith('J')) {
    // Days are counted as if there were no February 29.
    const count = Number(date.slice(1));
    return newYear + count - 1 + (isLeapYear(year) && count >= 60 ? 1 : 0);
  }
  if (!date.startsWith('M')) return newYear + Number(date);
  const [month = 0, week = 0, dayOfWeek = 0] = date.slice(1).split('.').map(Number);
  const first = daysFromCivil(year, month, 1);
  let day = (dayOfWeek - weekday(first) + 7) % 7;
  for (let i = 1; i < week && day + 7 < daysInMonth(month, year); i++) day += 7;
  return first + day;
}
