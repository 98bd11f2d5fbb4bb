import type { AwsHttp, Environment } from './aws-http.js';
import type { AwsCredentials, CredentialSource } from './credentials.js';
import { readMetadataAnswer } from './metadata-answer.js';

/** Out of reach where there is no EC2: nobody shall wait for it long. */
const timeoutMs = 2000;
const tokenSeconds = '300';

/** The credentials of an EC2 instance, from its metadata service (version 2). */
export class InstanceCredentials implements CredentialSource {
  readonly #http: AwsHttp;
  readonly #environment: Environment;

  constructor(http: AwsHttp, environment: Environment) {
    this.#http = http;
    this.#environment = environment;
  }

  async get(signal: AbortSignal): Promise<AwsCredentials | undefined> {
    if (this.#environment.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
    const base = this.#environment.AWS_EC2_METADATA_SERVICE_ENDPOINT || 'http://169.254.169.254';
    const ask = async (method: 'GET' | 'PUT', path: string, headers: Record<string, string>) => {
      const url = new URL(`/latest/${path}`, base);
      const { status, text } = await this.#http.local({ method, url, headers, timeoutMs }, signal);
      if (status !== 200) throw new Error(`${url.href}: HTTP status ${status}`);
      return text.trim();
    };
    const token = await ask('PUT', 'api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': tokenSeconds });
    const headers = { 'x-aws-ec2-metadata-token': token };
    const path = 'meta-data/iam/security-credentials/';
    const role = (await ask('GET', path, headers)).split('\n', 1)[0]!;
    return readMetadataAnswer(await ask('GET', path + role, headers), "the instance's metadata");
  }
}
