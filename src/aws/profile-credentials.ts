import type { AwsCredentials, CredentialSource } from './credentials.js';
import type { Profile } from './shared-config.js';
import type { Sts } from './sts.js';
import { webIdentityCredentials } from './web-identity.js';

export interface ProfileDeps {
  readonly profiles: () => Promise<ReadonlyMap<string, Profile>>;
  readonly sts: Sts;
  readonly sessionName: string;
  /** What `credential_source` may name. */
  readonly sources: Readonly<Record<string, CredentialSource>>;
}

/** The credentials of a profile in AWS's own config files: keys, or a role that others are turned into. */
export class ProfileCredentials implements CredentialSource {
  readonly #name: string;
  readonly #isRequired: boolean;
  readonly #deps: ProfileDeps;

  /** `isRequired`: somebody has named it, so it has to be there. */
  constructor(name: string, isRequired: boolean, deps: ProfileDeps) {
    this.#name = name;
    this.#isRequired = isRequired;
    this.#deps = deps;
  }

  async get(signal: AbortSignal): Promise<AwsCredentials | undefined> {
    const profiles = await this.#deps.profiles();
    if (!profiles.has(this.#name) && !this.#isRequired) return undefined;
    const credentials = await this.#of(this.#name, profiles, [], signal);
    if (credentials !== undefined || !this.#isRequired) return credentials;
    throw new Error(`AWS profile ${this.#name} has no credentials`);
  }

  async #of(
    name: string,
    profiles: ReadonlyMap<string, Profile>,
    before: readonly string[],
    signal: AbortSignal,
  ): Promise<AwsCredentials | undefined> {
    const profile = profiles.get(name);
    if (profile === undefined) throw new Error(`there is no AWS profile ${name}`);
    if (before.includes(name)) {
      // A profile whose role is assumed with its own keys.
      const own = keysOf(profile);
      if (own === undefined || before.at(-1) !== name)
        throw new Error(`AWS profiles refer to each other: ${[...before, name].join(' → ')}`);
      return own;
    }
    const unknown = ['credential_process', 'sso_session', 'sso_start_url'].find((key) => profile.has(key));
    const arn = profile.get('role_arn');
    if (arn === undefined) {
      const keys = keysOf(profile);
      if (keys === undefined && unknown !== undefined)
        throw new Error(`AWS profile ${name} has ${unknown}, which is not supported`);
      return keys;
    }
    const { sts, sessionName } = this.#deps;
    const role = {
      arn,
      sessionName: profile.get('role_session_name') ?? sessionName,
      externalId: profile.get('external_id'),
    };
    const tokenFile = profile.get('web_identity_token_file');
    if (tokenFile !== undefined) return webIdentityCredentials(sts, role, tokenFile, signal);
    const credentials = await this.#source(name, profile, profiles, [...before, name], signal);
    return sts.assumeRole(role, credentials, signal);
  }

  /** With what the role of a profile is assumed. */
  async #source(
    name: string,
    profile: Profile,
    profiles: ReadonlyMap<string, Profile>,
    trail: readonly string[],
    signal: AbortSignal,
  ): Promise<AwsCredentials> {
    const from = profile.get('source_profile');
    const source = profile.get('credential_source');
    if (from === undefined && source === undefined)
      throw new Error(`AWS profile ${name} has a role_arn, but no source_profile or credential_source`);
    if (from === undefined && this.#deps.sources[source!] === undefined)
      throw new Error(`AWS profile ${name} has an unknown credential_source: ${source}`);
    const credentials =
      from === undefined
        ? await this.#deps.sources[source!]!.get(signal)
        : await this.#of(from, profiles, trail, signal);
    if (credentials === undefined)
      throw new Error(`AWS profile ${name}: ${from ?? source} has no credentials`);
    return credentials;
  }
}

function keysOf(profile: Profile): AwsCredentials | undefined {
  const accessKeyId = profile.get('aws_access_key_id');
  const secretAccessKey = profile.get('aws_secret_access_key');
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: profile.get('aws_session_token') || undefined };
}
