import { Buffer } from 'node:buffer';
import { encodeText } from '../entry/text.js';
import type { HttpOptions } from './http-options.js';
import { OAuth2Tokens } from './oauth2-tokens.js';
import { readText, type TextSource, textSource } from './secret-text.js';

/** Makes the Authorization header of each request. */
export interface Authorization {
  /** Throws an Error when the secret cannot be read or the token not be fetched. */
  header(signal: AbortSignal): Promise<string | undefined>;
  /** A server answered 401: what is remembered may be out of date. */
  refused(): void;
  close(): Promise<void>;
}

/** As the options say; a user in `url` comes first. */
export function authorizationOf(
  url: URL,
  options: HttpOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Authorization {
  if (url.username !== '' || url.password !== '') {
    const header = basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
    return plain(async () => header);
  }
  const { basic_auth, authorization, oauth2 } = options;
  if (basic_auth !== undefined) {
    const username = textSource(basic_auth.username, basic_auth.username_file);
    const password = textSource(basic_auth.password, basic_auth.password_file);
    return plain(async () =>
      basic(await readOr(username, 'basic auth username'), await readOr(password, 'basic auth password')),
    );
  }
  if (authorization !== undefined) {
    const credentials = textSource(authorization.credentials, authorization.credentials_file);
    return plain(
      async () => `${authorization.type} ${await readOr(credentials, 'authorization credentials')}`,
    );
  }
  return oauth2 === undefined ? plain(async () => undefined) : new OAuth2Tokens(oauth2, environment);
}

/** Header values are bytes: UTF-8 in them is written one byte a character. */
export function headerText(text: string): string {
  return encodeText(text).toString('latin1');
}

function plain(header: () => Promise<string | undefined>): Authorization {
  return { header, refused: () => {}, close: async () => {} };
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function readOr(source: TextSource | undefined, what: string): Promise<string> {
  return source === undefined ? '' : readText(source, what);
}
