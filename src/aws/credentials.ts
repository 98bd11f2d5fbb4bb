/** What requests to AWS are signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Undefined: for ever. */
  readonly expiresAtMs?: number | undefined;
}

/** Where credentials come from. */
export interface CredentialSource {
  /** Undefined when this source is not set up; throws when it is, and fails. */
  get(signal: AbortSignal): Promise<AwsCredentials | undefined>;
}

/** Before they expire by this, others are asked for. */
const renewBeforeMs = 5 * 60_000;

/** Remembers credentials for as long as they are good. While others cannot be had, those that are not over yet are used. */
export class RememberedCredentials {
  readonly #source: CredentialSource;
  readonly #now: () => number;
  #credentials: AwsCredentials | undefined;
  #fetching: Promise<AwsCredentials> | undefined;

  constructor(source: CredentialSource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  get(signal: AbortSignal): Promise<AwsCredentials> {
    const known = this.#credentials;
    if (known !== undefined && this.#leftMs(known) > renewBeforeMs) return Promise.resolve(known);
    this.#fetching ??= this.#fetch(signal).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** AWS does not take these any more. */
  refused(): void {
    this.#credentials = undefined;
  }

  async #fetch(signal: AbortSignal): Promise<AwsCredentials> {
    const known = this.#credentials;
    try {
      const credentials = await this.#source.get(signal);
      if (credentials === undefined) throw new Error('there are no AWS credentials');
      this.#credentials = credentials;
      return credentials;
    } catch (error) {
      if (known !== undefined && this.#leftMs(known) > 0) return known;
      throw error;
    }
  }

  #leftMs({ expiresAtMs = Number.POSITIVE_INFINITY }: AwsCredentials): number {
    return expiresAtMs - this.#now();
  }
}
