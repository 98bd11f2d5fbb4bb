/** AWS has refused a request. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  /** Its own word: `ThrottlingException`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number, message: string) {
    super(`${code}: ${message || `HTTP status ${status}`}`);
    this.code = code;
    this.status = status;
  }

  /** There were too many requests, by whomever. */
  get isThrottling(): boolean {
    return this.status === 429 || /Throttl|TooManyRequests|LimitExceeded|SlowDown/.test(this.code);
  }

  /** The credentials were good once. */
  get isExpired(): boolean {
    return /ExpiredToken|RequestExpired|UnrecognizedClient|InvalidClientTokenId/.test(this.code);
  }
}
