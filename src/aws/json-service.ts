import { AwsError } from './aws-error.js';
import type { AwsHttp } from './aws-http.js';
import type { RememberedCredentials } from './credentials.js';
import { signedHeaders } from './signature.js';

export interface JsonServiceDeps {
  readonly http: AwsHttp;
  readonly credentials: RememberedCredentials;
  readonly now: () => number;
  readonly version: string;
}

/** A service of AWS that takes an operation's name in a header, and JSON. */
export interface JsonServiceOptions {
  readonly endpoint: URL;
  readonly region: string;
  /** As it is signed for. */
  readonly service: string;
  /** In front of an operation's name. */
  readonly prefix: string;
}

const timeoutMs = 60_000;

/** Asks one service of AWS. */
export class JsonService {
  readonly #options: JsonServiceOptions;
  readonly #deps: JsonServiceDeps;

  constructor(options: JsonServiceOptions, deps: JsonServiceDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Throws an AwsError when AWS refuses, and an Error when there is no answer. */
  async call(operation: string, parameters: object, signal: AbortSignal): Promise<unknown> {
    const { endpoint: url, region, service, prefix } = this.#options;
    const { http, credentials, now, version } = this.#deps;
    const body = JSON.stringify(parameters);
    const plain = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${prefix}.${operation}`,
    };
    const headers = signedHeaders(
      { method: 'POST', url, headers: plain, body },
      { credentials: await credentials.get(signal), region, service, nowMs: now() },
    );
    const agent = { 'user-agent': `auditail/${version}` };
    const request = { method: 'POST', url, headers: { ...headers, ...agent }, body, timeoutMs } as const;
    const { status, text } = await http.service(request, signal);
    if (status === 200) return JSON.parse(text);
    const error = errorOf(status, text);
    if (error.isExpired) credentials.refused();
    throw error;
  }
}

function errorOf(status: number, text: string): AwsError {
  try {
    const { __type: type = 'Error', message, Message } = JSON.parse(text) as Record<string, string>;
    return new AwsError(type.replace(/^.*#/, ''), status, message ?? Message ?? '');
  } catch {
    return new AwsError('Error', status, text.slice(0, 200));
  }
}
