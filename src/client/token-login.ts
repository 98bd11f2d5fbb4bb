import { converted, printValue, type Schema } from '../fields/schema.js';
import type { Secret } from '../fields/secret.js';
import { countGiven } from '../http/count-given.js';
import type { HttpOptions } from '../http/http-options.js';

/** A login of a kind's own: an Authorization header whose type the kind knows. */
export interface TokenLogin<Options> {
  /** The name of the key with the token; that of its file has `_file` behind it. */
  readonly key: string;
  /** The first word of the header. */
  readonly scheme: string;
  of(options: Options): { readonly token: Secret | undefined; readonly file: string | undefined };
}

/** Takes the token as the authorization, unless there is another one. */
export function withTokenLogin<O extends HttpOptions>(schema: Schema<O>, login: TokenLogin<O>): Schema<O> {
  const { key, scheme } = login;
  const countOf = (options: O) => {
    const { token, file } = login.of(options);
    return countGiven(token, file);
  };
  return converted(
    schema,
    (options) => {
      const count = countOf(options);
      if (count === 0) return options;
      const { basic_auth, authorization, oauth2 } = options;
      const others = [basic_auth, authorization, oauth2].filter((each) => each !== undefined);
      if (count + others.length > 1) {
        throw new Error(
          `at most one of ${key}, ${key}_file, basic_auth, oauth2 & authorization must be configured`,
        );
      }
      const { token: credentials, file: credentials_file } = login.of(options);
      const own = { type: scheme, credentials, credentials_file, credentials_ref: undefined };
      return { ...options, authorization: own };
    },
    (options) =>
      printValue(schema, countOf(options) === 0 ? options : { ...options, authorization: undefined }),
  );
}
