/** What a token is used as, and until when. */
export interface AccessToken {
  /** The value of the Authorization header. */
  readonly header: string;
  readonly renewAtMs: number;
}

export type TokenAnswer =
  | { readonly token: AccessToken; readonly error?: undefined }
  | { readonly error: string };

/** Renewed this long before it ends, so that it does not end on the way. */
const renewEarlyMs = 10_000;

/** Reads what a token endpoint answered (RFC 6749 5.1, 5.2); some write it as a form, or an error with status 200. */
export function readTokenAnswer(status: number, contentType: string, text: string): TokenAnswer {
  const fields = readFields(contentType, text);
  const { error, error_description: description, access_token: token } = fields;
  if (typeof error === 'string') return { error: [error, description].filter(Boolean).join(': ') };
  if (status < 200 || status > 299)
    return { error: `server returned HTTP status ${status}: ${text.slice(0, 1024)}` };
  if (typeof token !== 'string' || token === '') return { error: 'server response missing access_token' };
  const seconds = Number(fields.expires_in ?? 0);
  const renewAtMs = seconds > 0 ? Date.now() + seconds * 1000 - renewEarlyMs : Number.POSITIVE_INFINITY;
  return { token: { header: `${tokenType(fields.token_type)} ${token}`, renewAtMs } };
}

function readFields(contentType: string, text: string): Record<string, unknown> {
  if (/^(application\/x-www-form-urlencoded|text\/plain)\b/.test(contentType))
    return Object.fromEntries(new URLSearchParams(text));
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Servers write it in any case; some receivers want the usual one. */
function tokenType(type: unknown): string {
  if (typeof type !== 'string' || type === '' || type.toLowerCase() === 'bearer') return 'Bearer';
  return type.toLowerCase() === 'basic' ? 'Basic' : type.toLowerCase() === 'mac' ? 'MAC' : type;
}
