import { Buffer } from 'node:buffer';
import type { Authorization } from './authorization.js';
import type { HttpOptions } from './http-options.js';
import { OAuth2Tokens } from './oauth2-tokens.js';
import { readText, type TextSource, textSource } from './secret-text.js';

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

function plain(header: () => Promise<string | undefined>): Authorization {
  return { header, refused: () => {}, close: async () => {} };
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

async function readOr(source: TextSource | undefined, what: string): Promise<string> {
  return source === undefined ? '' : readText(source, what);
}
