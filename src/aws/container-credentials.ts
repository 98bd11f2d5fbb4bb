import { readFile } from 'node:fs/promises';
import type { AwsHttp, Environment } from './aws-http.js';
import type { AwsCredentials, CredentialSource } from './credentials.js';
import { readMetadataAnswer } from './metadata-answer.js';

const ecsHost = 'http://169.254.170.2';
/** Where a token may be sent without TLS: this machine, ECS, and EKS's Pod Identity agent. */
const plainHosts = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|169\.254\.170\.(2|23)|\[fd00:ec2::23\])$/;
const timeoutMs = 5000;

/** The credentials of a task of ECS, or of a pod of EKS with Pod Identity. */
export class ContainerCredentials implements CredentialSource {
  readonly #http: AwsHttp;
  readonly #environment: Environment;

  constructor(http: AwsHttp, environment: Environment) {
    this.#http = http;
    this.#environment = environment;
  }

  async get(signal: AbortSignal): Promise<AwsCredentials | undefined> {
    const url = this.#url();
    if (url === undefined) return undefined;
    const token = await this.#token();
    const headers = token === undefined ? {} : { authorization: token };
    const { status, text } = await this.#http.local({ method: 'GET', url, headers, timeoutMs }, signal);
    if (status !== 200)
      throw new Error(`${url.origin} has no credentials of the container: HTTP status ${status}`);
    return readMetadataAnswer(text, url.origin);
  }

  #url(): URL | undefined {
    const relative = this.#environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
    if (relative) return new URL(relative, ecsHost);
    const full = this.#environment.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    if (!full) return undefined;
    const url = new URL(full);
    if (url.protocol !== 'https:' && !plainHosts.test(url.hostname))
      throw new Error(`AWS_CONTAINER_CREDENTIALS_FULL_URI wants credentials from ${url.host} without TLS`);
    return url;
  }

  /** That in a file is renewed from time to time. */
  async #token(): Promise<string | undefined> {
    const { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } =
      this.#environment;
    return file ? (await readFile(file, 'utf8')).trim() : token || undefined;
  }
}
