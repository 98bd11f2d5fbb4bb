/** Makes the Authorization header of each request. */
export interface Authorization {
  /** Throws an Error when the secret cannot be read or the token not be fetched. */
  header(signal: AbortSignal): Promise<string | undefined>;
  /** A server answered 401: what is remembered may be out of date. */
  refused(): void;
  close(): Promise<void>;
}
