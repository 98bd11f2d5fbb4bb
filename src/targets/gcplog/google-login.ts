import { Buffer } from 'node:buffer';
import { createSign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Authorization } from '../../http/authorization.js';
import type { Connections } from '../../http/connections.js';
import { readTokenAnswer } from '../../http/token-answer.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** A file of credentials, of one of the kinds that Google's tools write. */
interface CredentialsFile {
  readonly type?: string;
  readonly client_email?: string;
  readonly private_key?: string;
  readonly private_key_id?: string;
  readonly token_uri?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly refresh_token?: string;
}

const usualTokenUrl = 'https://oauth2.googleapis.com/token';
const scope = 'https://www.googleapis.com/auth/pubsub';
const grantOfJwt = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/**
 * Logs in as Google's libraries do by default: with the file that GOOGLE_APPLICATION_CREDENTIALS names, that of gcloud, or what the metadata
 * server of the machine (Compute Engine, GKE's workload identity) gives.
 */
export class GoogleLogin implements Authorization {
  readonly #connections: Connections;
  readonly #environment: Environment;
  #token: { readonly header: string; readonly renewAtMs: number } | undefined;
  #fetching: Promise<string> | undefined;

  constructor(connections: Connections, environment: Environment) {
    this.#connections = connections;
    this.#environment = environment;
  }

  header(signal: AbortSignal): Promise<string> {
    if (this.#token !== undefined && Date.now() < this.#token.renewAtMs)
      return Promise.resolve(this.#token.header);
    this.#fetching ??= this.#fetch(signal).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  refused(): void {
    this.#token = undefined;
  }

  async close(): Promise<void> {}

  async #fetch(signal: AbortSignal): Promise<string> {
    const credentials = await readCredentials(this.#environment);
    const answer =
      credentials === undefined
        ? await this.#fromMetadata(signal)
        : await this.#fromFile(credentials, signal);
    if (answer.error !== undefined) throw new Error(`cannot log in to Google Cloud: ${answer.error}`);
    this.#token = answer.token;
    return answer.token.header;
  }

  async #fromFile(credentials: CredentialsFile, signal: AbortSignal) {
    const url = new URL(credentials.token_uri ?? usualTokenUrl);
    const form = new URLSearchParams();
    if (credentials.type === 'service_account') {
      form.set('grant_type', grantOfJwt);
      form.set('assertion', assertion(credentials, url));
    } else if (credentials.type === 'authorized_user') {
      form.set('grant_type', 'refresh_token');
      form.set('client_id', credentials.client_id ?? '');
      form.set('client_secret', credentials.client_secret ?? '');
      form.set('refresh_token', credentials.refresh_token ?? '');
    } else {
      throw new Error(`credentials of type ${JSON.stringify(credentials.type)} are not supported`);
    }
    return this.#ask(url, { method: 'POST', body: form.toString(), signal });
  }

  #fromMetadata(signal: AbortSignal) {
    const host = this.#environment.GCE_METADATA_HOST || 'metadata.google.internal';
    const path = `/computeMetadata/v1/instance/service-accounts/default/token?scopes=${encodeURIComponent(scope)}`;
    return this.#ask(new URL(`http://${host}${path}`), { method: 'GET', signal });
  }

  async #ask(url: URL, request: { method: 'GET' | 'POST'; body?: string; signal: AbortSignal }) {
    const dispatcher = await this.#connections.to(url);
    const response = await dispatcher.request({
      ...request,
      origin: url.origin,
      path: url.pathname + url.search,
      headers: {
        ...(request.method === 'POST'
          ? { 'content-type': 'application/x-www-form-urlencoded' }
          : { 'metadata-flavor': 'Google' }),
      },
    });
    const text = await response.body.text();
    return readTokenAnswer(response.statusCode, String(response.headers['content-type'] ?? ''), text);
  }
}

/** Undefined when there is no file, and none is named. */
async function readCredentials(environment: Environment): Promise<CredentialsFile | undefined> {
  const named = environment.GOOGLE_APPLICATION_CREDENTIALS;
  const gcloud = environment.CLOUDSDK_CONFIG || join(environment.HOME || homedir(), '.config', 'gcloud');
  const path = named || join(gcloud, 'application_default_credentials.json');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (!named && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`cannot read the credentials in ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(text) as CredentialsFile;
  } catch {
    throw new Error(`the credentials in ${path} are not JSON`);
  }
}

/** A signed statement of who asks (RFC 7523). */
function assertion({ client_email, private_key, private_key_id }: CredentialsFile, audience: URL): string {
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: private_key_id };
  const claims = { iss: client_email, scope, aud: audience.href, iat: now, exp: now + 3600 };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(private_key!, 'base64url')}`;
}
