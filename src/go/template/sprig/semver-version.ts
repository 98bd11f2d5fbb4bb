/** A semantic version. */
export interface SemVer {
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  readonly original: string;
}

/** Minor and patch may be missing, and numbers begin with zeros, but not in a prerelease; throws for what is no version. */
export function parseVersion(text: string): SemVer {
  const match = version.exec(text);
  if (match === null || /(?:^|\.)0\d+(?:\.|$)/.test(match[4] ?? ''))
    throw new Error(`invalid semantic version ${JSON.stringify(text)}`);
  const [, major, minor, patch, prerelease = '', metadata = ''] = match;
  return {
    major: number(major),
    minor: number(minor),
    patch: number(patch),
    prerelease,
    metadata,
    original: text,
  };
}

/** Below zero when `a` comes before `b`; metadata does not count. */
export function compareVersions(a: SemVer, b: SemVer): number {
  return (
    compare(a.major, b.major) ||
    compare(a.minor, b.minor) ||
    compare(a.patch, b.patch) ||
    comparePrereleases(a.prerelease, b.prerelease)
  );
}

/** A version without one comes after all that have one. */
export function comparePrereleases(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const left = a.split('.');
  const right = b.split('.');
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareParts(left[at], right[at]);
    if (order !== 0) return order;
  }
  return 0;
}

const suffix = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const version = new RegExp(`^v?(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?(?:-(${suffix}))?(?:\\+(${suffix}))?$`);

function number(digits = '0'): bigint {
  const value = BigInt(digits);
  if (value >= 1n << 64n) throw new Error(`${digits} is too large for a version`);
  return value;
}

/** Numbers come before words; the shorter of two that begin alike comes first. */
function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  if (b === undefined) return 1;
  const isNumber = /^\d+$/.test(a);
  if (isNumber !== /^\d+$/.test(b)) return isNumber ? -1 : 1;
  return isNumber ? compare(BigInt(a), BigInt(b)) : a < b ? -1 : 1;
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
