import { viewOf } from '../../go/json/bytes-view.js';
import { skipBlanks, skipString, skipValue } from '../../go/json/skip.js';
import { decodeString } from './span-scanner.js';
import { endOfValue } from './value-end.js';

/** A member of the outermost object: `start` is where its key opens, `end` is after its value. */
export interface TopMember {
  readonly key: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** The members of the object at `start`, values unread, however big they are. The caller knows that it is one. */
export function topMembers(bytes: Buffer, start: number, end: number): TopMember[] {
  const view = viewOf(bytes);
  const members: TopMember[] = [];
  let at = skipBlanks(view, skipBlanks(view, start, end) + 1, end);
  while (bytes[at] === quote) {
    const afterKey = skipString(view, at + 1, end);
    const valueStart = skipBlanks(view, skipBlanks(view, afterKey, end) + 1, end);
    const skipped = skipValue(view, valueStart, end);
    const after = skipped >= 0 ? skipped : endOfValue(bytes, valueStart, end);
    members.push({ key: decodeString(bytes, at, afterKey), start: at, valueStart, end: after });
    at = skipBlanks(view, after, end);
    if (bytes[at] === comma) at = skipBlanks(view, at + 1, end);
  }
  return members;
}

const quote = 0x22;
const comma = 0x2c;
