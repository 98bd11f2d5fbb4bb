/** What a name says about a rotated file: which file it once was, and how old it is among its siblings. */
export interface RotatedName {
  /** The name of the live file. */
  readonly base: string;
  /** The scheme: names of one scheme can be put in order. */
  readonly scheme: 'time' | 'number';
  /** Grows with time: milliseconds since 1970 as far as the name has them, or minus the number. */
  readonly order: number;
  readonly isCompressed: boolean;
  /** lumberjack closes a file before it renames it: there is nothing more to come. */
  readonly isFinal: boolean;
}

/**
 * Reads the names that log rotators give, of `app.log`:
 * lumberjack `app-2026-01-02T15-04-05.000.log`, logrotate `app.log.1`, `app.1.log`, `app.log-20260102`, `app.log-20260102-1767323045`,
 * `app-20260102.log`, kubelet `app.log.20260102-150405`; each with `.gz` or without.
 */
export function parseRotatedName(name: string): RotatedName | undefined {
  const isCompressed = name.endsWith('.gz');
  const plain = isCompressed ? name.slice(0, -3) : name;
  const found = lumberjack(plain) ?? dated(plain) ?? numbered(plain);
  return found === undefined ? undefined : { ...found, isCompressed };
}

/** Negative when `a` was rotated before `b`. Names of two schemes say nothing about each other: then the times of last change do. */
export function compareAge(a: Aged, b: Aged): number {
  if (a.name.scheme === b.name.scheme) return a.name.order - b.name.order;
  return a.look.modifiedMs - b.look.modifiedMs;
}

interface Aged {
  readonly name: RotatedName;
  readonly look: { readonly modifiedMs: number };
}

type Uncompressed = Omit<RotatedName, 'isCompressed'>;

function lumberjack(name: string): Uncompressed | undefined {
  const match = /^(.*)-(\d{4})-(\d\d)-(\d\d)T(\d\d)-(\d\d)-(\d\d)\.(\d{3})(\.[^.]*)?$/s.exec(name);
  if (match === null) return undefined;
  const [, stem, year, month, day, hour, minute, second, milli, extension = ''] = match;
  const order = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!, +milli!);
  return { base: stem! + extension, scheme: 'time', order, isFinal: true };
}

/** A date, with or without dashes, then perhaps a time of day or the seconds since 1970; at the end, or before the extension. */
const date =
  /[-.](\d{4})(?<dash>-?)(\d\d)\k<dash>(\d\d)(?:[-_T.]?(\d\d)(?:[-:.]?(\d\d)(?:[-:.]?(\d\d))?)?|[-.](\d{10}))?/
    .source;
const datedAtEnd = new RegExp(`^(.+?)${date}$`, 's');
const datedBeforeExtension = new RegExp(`^(.+?)${date}(\\.[A-Za-z][^.]*)$`, 's');

function dated(name: string): Uncompressed | undefined {
  const match = datedAtEnd.exec(name) ?? datedBeforeExtension.exec(name);
  if (match === null) return undefined;
  const [, stem, year, , month, day, hour = 0, minute = 0, second = 0, epoch, extension = ''] = match;
  if (+month! < 1 || +month! > 12 || +day! < 1 || +day! > 31) return undefined;
  const order =
    epoch === undefined
      ? Date.UTC(+year!, +month! - 1, +day!, +hour, +minute, +second)
      : Number(epoch) * 1000;
  return { base: stem! + extension, scheme: 'time', order, isFinal: false };
}

function numbered(name: string): Uncompressed | undefined {
  const match = /^(.+)\.(\d{1,5})(\.[A-Za-z][^.]*)?$/s.exec(name);
  if (match === null) return undefined;
  const [, stem, number, extension = ''] = match;
  return { base: stem! + extension, scheme: 'number', order: -Number(number), isFinal: false };
}
