import { bool, text } from '../fields/scalars.js';
import {
  checked,
  converted,
  type Decoded,
  listOf,
  mapOf,
  optional,
  struct,
  type Value,
  withDefault,
} from '../fields/schema.js';
import { secret } from '../fields/secret.js';
import { countGiven } from './count-given.js';
import { oauth2Options } from './oauth2-options.js';
import { checkProxy, proxyFields } from './proxy-options.js';
import { noSecretManager, tlsOptions } from './tls-options.js';

const basicAuth = struct({
  username: optional(text),
  username_file: optional(text),
  username_ref: noSecretManager,
  password: optional(secret),
  password_file: optional(text),
  password_ref: noSecretManager,
});
export type BasicAuthOptions = Value<typeof basicAuth>;

const authorization = struct({
  type: withDefault(
    converted(text, (type) => type.trim() || 'Bearer'),
    'Bearer',
  ),
  credentials: optional(secret),
  credentials_file: optional(text),
  credentials_ref: noSecretManager,
});
export type AuthorizationOptions = Value<typeof authorization>;

/** Connection, proxy and body belong to the client; the rest are set by it or would be a second login. */
const reservedHeaders =
  /^(authorization|host|content-(encoding|length|type)|user-agent|connection|keep-alive|proxy-authenticate|proxy-authorization|www-authenticate|accept-encoding|x-prometheus-remote-(write|read)-version|x-prometheus-scrape-timeout-seconds|x-amz-(date|security-token|content-sha256))$/i;

/** What HTTP allows in a value; a line break would start another header. */
export const headerValue = checked(text, (value) =>
  /^[\t\x20-\x7e\x80-\uffff]*$/.test(value) ? undefined : 'a header value cannot hold control characters',
);

const extraHeader = struct({
  values: optional(listOf(headerValue)),
  secrets: optional(listOf(secret)),
  files: optional(listOf(text)),
});

/** Keys of an HTTP client as Prometheus has them, in the order in which they are printed. They stand among others. */
export const httpFields = {
  basic_auth: optional(basicAuth),
  authorization: optional(authorization),
  oauth2: optional(oauth2Options),
  bearer_token: optional(secret),
  bearer_token_file: optional(text),
  tls_config: optional(tlsOptions),
  follow_redirects: withDefault(bool, true),
  enable_http2: withDefault(bool, true),
  ...proxyFields,
  http_headers: optional(
    mapOf(extraHeader, (name) =>
      reservedHeaders.test(name)
        ? `setting header ${JSON.stringify(name)} is not allowed`
        : checkHeaderName(name),
    ),
  ),
};
export type HttpOptions = Decoded<typeof httpFields>;

/** No key given. */
export const plainHttp: HttpOptions = {
  basic_auth: undefined,
  authorization: undefined,
  oauth2: undefined,
  bearer_token: undefined,
  bearer_token_file: undefined,
  tls_config: undefined,
  follow_redirects: true,
  enable_http2: true,
  proxy_url: undefined,
  no_proxy: undefined,
  proxy_from_environment: false,
  proxy_connect_header: undefined,
  http_headers: undefined,
};

/** What is wrong with the combination of keys, if anything. */
export function checkHttp(options: HttpOptions): string | undefined {
  return checkAuth(options) ?? checkProxy(options);
}

export function checkHeaderName(name: string): string | undefined {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)
    ? undefined
    : `${JSON.stringify(name)} is not a valid header name`;
}

/** A bearer token is an older way to write an authorization. */
export function withBearerAsAuthorization<O extends HttpOptions>(options: O): O {
  if (countGiven(options.bearer_token, options.bearer_token_file) === 0) return options;
  return {
    ...options,
    authorization: {
      type: 'Bearer',
      credentials: options.bearer_token,
      credentials_file: options.bearer_token_file,
      credentials_ref: undefined,
    },
    bearer_token: undefined,
    bearer_token_file: undefined,
  };
}

function checkAuth(options: HttpOptions): string | undefined {
  const { basic_auth: basic, oauth2, authorization } = options;
  const tokens = countGiven(options.bearer_token, options.bearer_token_file);
  if (tokens > 1) return 'at most one of bearer_token & bearer_token_file must be configured';
  if ((basic !== undefined || oauth2 !== undefined) && tokens > 0)
    return 'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured';
  if (countGiven(basic?.username, basic?.username_file) > 1)
    return 'at most one of basic_auth username, username_file & username_ref must be configured';
  if (countGiven(basic?.password, basic?.password_file) > 1)
    return 'at most one of basic_auth password, password_file & password_ref must be configured';
  if (authorization !== undefined) {
    if (tokens > 0) return 'authorization is not compatible with bearer_token & bearer_token_file';
    if (countGiven(authorization.credentials, authorization.credentials_file) > 1)
      return 'at most one of authorization credentials & credentials_file must be configured';
    if (authorization.type.toLowerCase() === 'basic')
      return 'authorization type cannot be set to "basic", use "basic_auth" instead';
  }
  if ([basic, oauth2, authorization].filter((each) => each !== undefined).length > 1)
    return 'at most one of basic_auth, oauth2 & authorization must be configured';
  return undefined;
}
