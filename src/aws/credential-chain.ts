import type { Secret } from '../fields/secret.js';
import type { AwsHttp, Environment } from './aws-http.js';
import { ContainerCredentials } from './container-credentials.js';
import type { AwsCredentials, CredentialSource } from './credentials.js';
import { EnvironmentCredentials } from './environment-credentials.js';
import { InstanceCredentials } from './instance-credentials.js';
import { ProfileCredentials } from './profile-credentials.js';
import { readProfiles } from './shared-config.js';
import { Sts } from './sts.js';
import { webIdentityCredentials } from './web-identity.js';

/** What a config says about credentials; '' for nothing. */
export interface AwsLogin {
  readonly access_key: string;
  readonly secret_key: Secret | undefined;
  readonly profile: string;
  /** A role that the credentials, wherever they come from, are turned into. */
  readonly role_arn: string;
  readonly external_id: string;
}

export interface ChainDeps {
  readonly http: AwsHttp;
  readonly region: string;
  readonly environment: Environment;
  readonly now: () => number;
}

/**
 * Credentials as AWS's own tools find them: those of the config; else keys in the environment, the token of a service account, the shared
 * config files, the container's, the machine's. The first that is set up counts.
 */
export class CredentialChain implements CredentialSource {
  readonly #login: AwsLogin;
  readonly #sources: readonly CredentialSource[];
  readonly #sts: Sts;
  readonly #sessionName: string;

  constructor(login: AwsLogin, deps: ChainDeps) {
    const { http, environment, now } = deps;
    this.#login = login;
    this.#sts = new Sts(deps);
    this.#sessionName = environment.AWS_ROLE_SESSION_NAME || `auditail-${now()}`;
    const fromEnvironment = new EnvironmentCredentials(environment);
    const container = new ContainerCredentials(http, environment);
    const instance = new InstanceCredentials(http, environment);
    const profileOf = (name: string, isRequired: boolean) =>
      new ProfileCredentials(name, isRequired, {
        profiles: () => readProfiles(environment),
        sts: this.#sts,
        sessionName: this.#sessionName,
        sources: { Environment: fromEnvironment, EcsContainer: container, Ec2InstanceMetadata: instance },
      });
    if (login.access_key !== '') this.#sources = [{ get: async () => this.#keys() }];
    else if (login.profile !== '') this.#sources = [profileOf(login.profile, true)];
    else {
      const named = environment.AWS_PROFILE;
      const webIdentity = { get: (signal: AbortSignal) => this.#webIdentity(environment, signal) };
      const profile = profileOf(named || 'default', Boolean(named));
      const last = { get: (signal: AbortSignal) => lastResort(instance, signal) };
      this.#sources = [fromEnvironment, webIdentity, profile, container, last];
    }
  }

  async get(signal: AbortSignal): Promise<AwsCredentials | undefined> {
    const credentials = await this.#find(signal);
    const { role_arn: arn, external_id: externalId } = this.#login;
    if (credentials === undefined || arn === '') return credentials;
    return this.#sts.assumeRole({ arn, externalId, sessionName: this.#sessionName }, credentials, signal);
  }

  async #find(signal: AbortSignal): Promise<AwsCredentials | undefined> {
    for (const source of this.#sources) {
      const credentials = await source.get(signal);
      if (credentials !== undefined) return credentials;
    }
    return undefined;
  }

  #keys(): AwsCredentials {
    const { access_key: accessKeyId, secret_key } = this.#login;
    return { accessKeyId, secretAccessKey: secret_key?.reveal() ?? '' };
  }

  async #webIdentity(environment: Environment, signal: AbortSignal): Promise<AwsCredentials | undefined> {
    const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: arn } = environment;
    if (!file || !arn) return undefined;
    return webIdentityCredentials(this.#sts, { arn, sessionName: this.#sessionName }, file, signal);
  }
}

/** Where there is no EC2, that is not what people have to hear. */
async function lastResort(
  source: CredentialSource,
  signal: AbortSignal,
): Promise<AwsCredentials | undefined> {
  try {
    return await source.get(signal);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Error(
      `no AWS credentials in the config, the environment, a profile or a container, and no EC2 instance: ${why}`,
      { cause },
    );
  }
}

/** The region of a config, of the environment, or of the profile; undefined when none of them names one. */
export async function findRegion(
  region: string,
  profile: string,
  environment: Environment,
): Promise<string | undefined> {
  const given = region || environment.AWS_REGION || environment.AWS_DEFAULT_REGION;
  if (given) return given;
  const profiles = await readProfiles(environment);
  return profiles.get(profile || environment.AWS_PROFILE || 'default')?.get('region');
}
