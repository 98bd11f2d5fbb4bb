import { comparePrereleases, compareVersions, parseVersion, type SemVer } from './semver-version.js';

/** Whether a version meets a constraint such as `>=1.2, <2 || ~3.1`. Throws when either cannot be read. */
export function satisfies(constraint: string, versionText: string): boolean {
  const groups = rewriteRanges(constraint).split('||').map(parseGroup);
  const version = parseVersion(versionText);
  return groups.some((group) => {
    // Prereleases are for those who ask for one.
    const takesPrereleases = group.some(({ bound }) => bound.prerelease !== '');
    if (version.prerelease !== '' && !takesPrereleases) return false;
    return group.every((one) => checks[one.operator]!(version, one));
  });
}

interface Constraint {
  readonly operator: string;
  readonly bound: SemVer;
  /** The bound was written without a patch, or with an `x` in its place. */
  readonly isOpen: boolean;
  /** The minor is what is missing first. */
  readonly anyMinor: boolean;
  /** The patch is what is missing first. */
  readonly anyPatch: boolean;
}

const part = '[0-9|xX*]+';
const suffix = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
const bound = `v?${part}(?:\\.${part})?(?:\\.${part})?(?:-${suffix})?(?:\\+${suffix})?`;
const operator = '(?:=||!=|>|<|>=|=>|<=|=<|~|~>|\\^)';
const single = `\\s*${operator}\\s*${bound}\\s*`;
const group = new RegExp(`^${single}(?:(?:\\s+|,\\s*)${operator}\\s*${bound}\\s*)*$`);
const everySingle = new RegExp(`(>=|=>|<=|=<|!=|~>|=|>|<|~|\\^|)\\s*(${bound})`, 'g');
const range = new RegExp(`\\s*(${bound})\\s+-\\s+(${bound})\\s*`, 'g');

/** `1.2 - 2` is short for `>=1.2, <=2`. */
function rewriteRanges(text: string): string {
  return text.replace(range, '>= $1, <= $2 ');
}

function parseGroup(text: string): Constraint[] {
  if (!group.test(text)) throw new Error(`improper constraint: ${text}`);
  return [...text.matchAll(everySingle)].map(([, sign, version]) => parseConstraint(sign!, version!));
}

function parseConstraint(sign: string, text: string): Constraint {
  const [, major = '', minor, patch, prerelease = ''] = boundParts.exec(text)!;
  const anyMajor = isWild(major);
  const anyMinor = !anyMajor && isWild(minor);
  const anyPatch = !anyMajor && !anyMinor && isWild(patch);
  const numbers = [
    anyMajor ? '0' : major,
    anyMajor || anyMinor ? '0' : minor,
    anyMajor || anyMinor || anyPatch ? '0' : patch,
  ];
  return {
    operator: sign,
    bound: parseVersion(numbers.join('.') + prerelease),
    isOpen: anyMajor || anyMinor || anyPatch,
    anyMinor,
    anyPatch,
  };
}

const boundParts = new RegExp(`^v?(${part})(?:\\.(${part}))?(?:\\.(${part}))?(-${suffix})?`);

function isWild(text: string | undefined): boolean {
  return text === undefined || text === 'x' || text === 'X' || text === '*';
}

type Check = (version: SemVer, constraint: Constraint) => boolean;

const checks: Readonly<Record<string, Check>> = {
  '': equalOrTilde,
  '=': equalOrTilde,
  '!=': differs,
  '>': isGreater,
  '<': (version, { bound }) => compareVersions(version, bound) < 0,
  '>=': (version, { bound }) => compareVersions(version, bound) >= 0,
  '=>': (version, { bound }) => compareVersions(version, bound) >= 0,
  '<=': isLessOrEqual,
  '=<': isLessOrEqual,
  '~': tilde,
  '~>': tilde,
  '^': caret,
};

function equalOrTilde(version: SemVer, constraint: Constraint): boolean {
  if (constraint.isOpen) return tilde(version, constraint);
  return compareVersions(version, constraint.bound) === 0;
}

function differs(version: SemVer, { bound, isOpen, anyMinor, anyPatch }: Constraint): boolean {
  if (!isOpen) return compareVersions(version, bound) !== 0;
  if (version.major !== bound.major) return true;
  if (anyMinor) return false;
  if (version.minor !== bound.minor) return true;
  if (!anyPatch) return version.patch !== bound.patch || compareVersions(version, bound) !== 0;
  return comparePrereleases(version.prerelease, bound.prerelease) !== 0;
}

/** More than 11 is 12 at least. */
function isGreater(version: SemVer, { bound, isOpen, anyMinor, anyPatch }: Constraint): boolean {
  if (!isOpen) return compareVersions(version, bound) > 0;
  if (version.major !== bound.major) return version.major > bound.major;
  if (anyMinor) return false;
  return anyPatch ? version.minor > bound.minor : compareVersions(version, bound) > 0;
}

function isLessOrEqual(version: SemVer, { bound, isOpen, anyMinor }: Constraint): boolean {
  if (!isOpen) return compareVersions(version, bound) <= 0;
  if (version.major !== bound.major) return version.major < bound.major;
  return anyMinor || version.minor <= bound.minor;
}

/** `~1.2.3`: the same minor version, or major if no minor is given, from the bound on. */
function tilde(version: SemVer, { bound, anyMinor, anyPatch }: Constraint): boolean {
  if (compareVersions(version, bound) < 0) return false;
  const isZero = bound.major === 0n && bound.minor === 0n && bound.patch === 0n;
  if (isZero && !anyMinor && !anyPatch) return true;
  return version.major === bound.major && (anyMinor || version.minor === bound.minor);
}

/** `^1.2.3`: the same leftmost number that is not zero, from the bound on. */
function caret(version: SemVer, { bound, anyMinor, anyPatch }: Constraint): boolean {
  if (compareVersions(version, bound) < 0) return false;
  if (version.major !== bound.major) return false;
  if (bound.major > 0n || anyMinor) return true;
  if (bound.minor > 0n || anyPatch) return version.minor === bound.minor;
  return version.minor === 0n && version.patch === bound.patch;
}
