import { type FunctionTable, fn } from '../functions.js';
import { type GoFunction, GoObject, uint64, type Value } from '../values.js';
import { satisfies } from './semver-constraint.js';
import { parseVersion, type SemVer } from './semver-version.js';

export const semverFunctions: FunctionTable = {
  semver: fn(['string'], (text) => new Version(parseVersion(text))),
  semverCompare: fn(['string', 'string'], (constraint, text) => satisfies(constraint, text)),
};

/** What `semver` gives: a *semver.Version with the methods that templates can call. */
class Version extends GoObject {
  readonly typeName = '*semver.Version';
  readonly kind = 'ptr';
  readonly #version: SemVer;

  constructor(version: SemVer) {
    super();
    this.#version = version;
  }

  override toString(): string {
    const { major, minor, patch, prerelease, metadata } = this.#version;
    return `${major}.${minor}.${patch}${prerelease && `-${prerelease}`}${metadata && `+${metadata}`}`;
  }

  override method(name: string): GoFunction | undefined {
    const value = this.#values()[name];
    return value === undefined ? undefined : fn([], () => value);
  }

  #values(): Readonly<Record<string, Value>> {
    const { major, minor, patch, prerelease, metadata, original } = this.#version;
    return {
      Major: uint64(major),
      Minor: uint64(minor),
      Patch: uint64(patch),
      Prerelease: prerelease,
      Metadata: metadata,
      Original: original,
      String: this.toString(),
    };
  }
}
