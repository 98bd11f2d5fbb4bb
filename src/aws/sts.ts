import { AwsError } from './aws-error.js';
import type { AwsHttp, Environment } from './aws-http.js';
import type { AwsCredentials } from './credentials.js';
import { endpointOf } from './endpoint.js';
import { signedHeaders } from './signature.js';

export interface Role {
  readonly arn: string;
  readonly sessionName: string;
  readonly externalId?: string | undefined;
}

export interface StsDeps {
  readonly http: AwsHttp;
  readonly region: string;
  readonly environment: Environment;
  readonly now: () => number;
}

const timeoutMs = 10_000;

/** AWS's Security Token Service: makes credentials of a role out of others, or out of a token. */
export class Sts {
  readonly #deps: StsDeps;

  constructor(deps: StsDeps) {
    this.#deps = deps;
  }

  assumeRole(role: Role, credentials: AwsCredentials, signal: AbortSignal): Promise<AwsCredentials> {
    const { arn, sessionName, externalId } = role;
    const parameters = {
      Action: 'AssumeRole',
      RoleArn: arn,
      RoleSessionName: sessionName,
      ...(externalId && { ExternalId: externalId }),
    };
    return this.#call(parameters, credentials, signal);
  }

  /** The token says who asks: nothing is signed. */
  assumeRoleWithWebIdentity(role: Role, token: string, signal: AbortSignal): Promise<AwsCredentials> {
    const parameters = {
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role.arn,
      RoleSessionName: role.sessionName,
      WebIdentityToken: token,
    };
    return this.#call(parameters, undefined, signal);
  }

  async #call(
    parameters: Record<string, string>,
    credentials: AwsCredentials | undefined,
    signal: AbortSignal,
  ): Promise<AwsCredentials> {
    const { http, region, environment, now } = this.#deps;
    const url = endpointOf('sts', 'STS', region, environment);
    const body = new URLSearchParams({ ...parameters, Version: '2011-06-15' }).toString();
    const plain = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const scope = { region, service: 'sts', nowMs: now() };
    const headers =
      credentials === undefined
        ? plain
        : signedHeaders({ method: 'POST', url, headers: plain, body }, { ...scope, credentials });
    const { status, text } = await http.service({ method: 'POST', url, headers, body, timeoutMs }, signal);
    if (status !== 200)
      throw new AwsError(element(text, 'Code') ?? 'Error', status, element(text, 'Message') ?? '');
    return readCredentials(text);
  }
}

function readCredentials(xml: string): AwsCredentials {
  const accessKeyId = element(xml, 'AccessKeyId');
  const secretAccessKey = element(xml, 'SecretAccessKey');
  const sessionToken = element(xml, 'SessionToken');
  const expiresAtMs = Date.parse(element(xml, 'Expiration') ?? '');
  if (accessKeyId === undefined || secretAccessKey === undefined || Number.isNaN(expiresAtMs))
    throw new Error('the answer of STS has no credentials in it');
  return { accessKeyId, secretAccessKey, sessionToken, expiresAtMs };
}

/** The text of the only element of this name. */
function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, entity: keyof typeof entities) => entities[entity]);
}

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' } as const;
