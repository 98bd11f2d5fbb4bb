/** One piece of a Go time layout. The names say what it writes for Go's reference time, Mon Jan 2 15:04:05 MST 2006. */
export type LayoutPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'fraction';
      readonly digits: number;
      readonly isOptional: boolean;
      readonly separator: string;
    }
  /** Hours, hours and minutes, or those and seconds. */
  | {
      readonly kind: 'offset';
      readonly count: number;
      readonly hasColons: boolean;
      readonly isZForUtc: boolean;
    }
  | { readonly kind: PlainPart };

export type PlainPart = (typeof plainParts)[number][1];

/** Splits a layout as Go does: the longest part that starts at a character wins, everything else is text. */
export function splitLayout(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = [];
  let textFrom = 0;
  for (let at = 0; at < layout.length; ) {
    const found = partAt(layout, at);
    if (found === undefined) {
      at += 1;
      continue;
    }
    if (found.start > textFrom) parts.push({ kind: 'text', text: layout.slice(textFrom, found.start) });
    parts.push(found.part);
    at = found.end;
    textFrom = found.end;
  }
  if (textFrom < layout.length) parts.push({ kind: 'text', text: layout.slice(textFrom) });
  return parts;
}

// In the order in which they have to be tried.
const plainParts = [
  ['January', 'longMonth'],
  ['Jan', 'month'],
  ['Monday', 'longWeekday'],
  ['Mon', 'weekday'],
  ['MST', 'zone'],
  ['01', 'zeroMonth'],
  ['02', 'zeroDay'],
  ['03', 'zeroHour12'],
  ['04', 'zeroMinute'],
  ['05', 'zeroSecond'],
  ['06', 'shortYear'],
  ['002', 'zeroYearDay'],
  ['15', 'hour'],
  ['1', 'numericMonth'],
  ['2006', 'year'],
  ['2', 'day'],
  ['_2', 'blankDay'],
  ['__2', 'blankYearDay'],
  ['3', 'hour12'],
  ['4', 'minute'],
  ['5', 'second'],
  ['PM', 'PM'],
  ['pm', 'pm'],
] as const;

const offsetForms = ['070000', '07:00:00', '0700', '07:00', '07'];

interface FoundPart {
  readonly part: LayoutPart;
  readonly start: number;
  readonly end: number;
}

function partAt(layout: string, at: number): FoundPart | undefined {
  const first = layout[at]!;
  if (first === '-' || first === 'Z') return offsetAt(layout, at);
  if (first === '.' || first === ',') return fractionAt(layout, at);
  // In `_2006` the blank is text and the year follows.
  if (layout.startsWith('_2006', at)) return { part: { kind: 'year' }, start: at + 1, end: at + 5 };
  const plain = plainParts.find(([text]) => layout.startsWith(text, at));
  if (plain === undefined) return undefined;
  const [text, kind] = plain;
  const end = at + text.length;
  // `Janitor` and `Month` are words, not the names of a month and a day.
  if ((text === 'Jan' || text === 'Mon') && /^[a-z]/.test(layout.slice(end))) return undefined;
  return { part: { kind }, start: at, end };
}

function offsetAt(layout: string, at: number): FoundPart | undefined {
  const form = offsetForms.find((text) => layout.startsWith(text, at + 1));
  if (form === undefined) return undefined;
  const part: LayoutPart = {
    kind: 'offset',
    count: form.replaceAll(':', '').length / 2,
    hasColons: form.includes(':'),
    isZForUtc: layout[at] === 'Z',
  };
  return { part, start: at, end: at + 1 + form.length };
}

/** A point or comma and a run of the digit 0 or 9 that no other digit follows. */
function fractionAt(layout: string, at: number): FoundPart | undefined {
  const run = /^[.,](0+|9+)(?!\d)/.exec(layout.slice(at));
  if (run === null) return undefined;
  const digits = run[1]!;
  const part: LayoutPart = {
    kind: 'fraction',
    digits: digits.length,
    isOptional: digits.startsWith('9'),
    separator: layout[at]!,
  };
  return { part, start: at, end: at + 1 + digits.length };
}
