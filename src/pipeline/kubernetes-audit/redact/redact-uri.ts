import { type OnRedacted, redacted } from './redaction.js';

const secretParameters =
  /^(?:(?:access|id|refresh)?_?token|passw(?:or)?d|(?:client_?)?secret|signature|sig|api_?key|x-amz-.*|x-goog-.*)$/i;

const commandParameter = 'command';

/** Which parameters of a URL are secret. */
export interface UriRules {
  readonly urls: boolean;
  readonly exec_commands: boolean;
}

/** Whether a parameter's value is secret, by its name as it is written in the URL. */
export function isSecretParameter(name: string, { urls, exec_commands }: UriRules): boolean {
  const plain = decoded(name);
  return (urls && secretParameters.test(plain)) || (exec_commands && plain === commandParameter);
}

/** The URI with the values of secret query parameters replaced. */
export function redactUri(uri: string, rules: UriRules, onRedacted: OnRedacted): string {
  const query = uri.indexOf('?') + 1;
  if (query === 0) return uri;
  const parts = uri.slice(query).split(/([&;?])/);
  const clean = parts.map((part) => {
    const equals = part.indexOf('=');
    const name = part.slice(0, equals);
    if (equals < 0 || equals === part.length - 1 || !isSecretParameter(name, rules)) return part;
    onRedacted(decoded(name) === commandParameter ? 'exec_command' : 'url');
    return `${name}=${redacted}`;
  });
  return uri.slice(0, query) + clean.join('');
}

function decoded(name: string): string {
  try {
    return name.includes('%') ? decodeURIComponent(name) : name;
  } catch {
    return name;
  }
}
