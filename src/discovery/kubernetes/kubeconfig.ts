import { Buffer } from 'node:buffer';
import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { Secret } from '../../fields/secret.js';
import { type HttpOptions, plainHttp } from '../../http/http-options.js';
import { plainTls } from '../../http/tls-options.js';

/** What a kubeconfig's current context says: where the API server is and who to log in as. */
export interface Kubeconfig {
  readonly url: URL;
  readonly http: HttpOptions;
  readonly exec: ExecOptions | undefined;
}

/** A program that makes credentials. */
export interface ExecOptions {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What the program is told of the cluster, when it wants to know. */
  readonly cluster: object | undefined;
}

interface Cluster {
  readonly server?: string;
  readonly 'certificate-authority'?: string;
  readonly 'certificate-authority-data'?: string;
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly 'tls-server-name'?: string;
  readonly 'proxy-url'?: string;
  readonly extensions?: readonly { readonly name: string; readonly extension: unknown }[];
}

interface User {
  readonly 'client-certificate'?: string;
  readonly 'client-certificate-data'?: string;
  readonly 'client-key'?: string;
  readonly 'client-key-data'?: string;
  readonly token?: string;
  readonly tokenFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly as?: string;
  readonly 'as-uid'?: string;
  readonly 'as-groups'?: readonly string[];
  readonly exec?: {
    readonly apiVersion?: string;
    readonly command?: string;
    readonly args?: readonly string[] | null;
    readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
    readonly provideClusterInfo?: boolean;
    readonly interactiveMode?: string;
  };
  readonly 'auth-provider'?: unknown;
}

interface File {
  readonly 'current-context'?: string;
  readonly contexts?: readonly Named<'context', { readonly cluster?: string; readonly user?: string }>[];
  readonly clusters?: readonly Named<'cluster', Cluster>[];
  readonly users?: readonly Named<'user', User>[];
}

type Named<Key extends string, T> = { readonly name: string } & { readonly [K in Key]?: T };

/** Reads a kubeconfig. Paths in it are relative to `directory`. Throws an Error that says what is wrong with it. */
export function readKubeconfig(text: string, directory: string): Kubeconfig {
  const file = (parse(text) ?? {}) as File;
  const name = file['current-context'] ?? '';
  const context = file.contexts?.find((each) => each.name === name)?.context;
  if (context === undefined) throw new Error(`context ${JSON.stringify(name)} does not exist`);
  const cluster = file.clusters?.find((each) => each.name === context.cluster)?.cluster;
  if (cluster === undefined) throw new Error(`cluster ${JSON.stringify(context.cluster)} does not exist`);
  const url = URL.parse(cluster.server ?? '');
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new Error(`the server of cluster ${JSON.stringify(context.cluster)} is not a URL`);
  const user = file.users?.find((each) => each.name === context.user)?.user ?? {};
  if (user['auth-provider'] !== undefined)
    throw new Error('auth-provider is not supported: it has been replaced by exec');
  const resolve = (path: string | undefined) =>
    path === undefined || path === '' || isAbsolute(path) ? path : join(directory, path);
  return { url, http: httpOptions(cluster, user, resolve), exec: execOptions(user, cluster, directory) };
}

function httpOptions(
  cluster: Cluster,
  user: User,
  resolve: (path: string | undefined) => string | undefined,
): HttpOptions {
  const key = decoded(user['client-key-data']);
  const ca = decoded(cluster['certificate-authority-data']);
  const cert = decoded(user['client-certificate-data']);
  return {
    ...plainHttp,
    ...login(user, resolve),
    proxy_url: URL.parse(cluster['proxy-url'] ?? '') ?? undefined,
    http_headers: impersonation(user),
    tls_config: {
      ...plainTls,
      ca,
      ca_file: ca === undefined ? resolve(cluster['certificate-authority']) : undefined,
      cert,
      cert_file: cert === undefined ? resolve(user['client-certificate']) : undefined,
      key: key === undefined ? undefined : new Secret(key),
      key_file: key === undefined ? resolve(user['client-key']) : undefined,
      server_name: cluster['tls-server-name'],
      insecure_skip_verify: cluster['insecure-skip-tls-verify'] ?? false,
    },
  };
}

/** A token in a file beats one that is written down. */
function login(
  { token = '', tokenFile, username = '', password = '' }: User,
  resolve: (path: string | undefined) => string | undefined,
): Partial<HttpOptions> {
  const file = resolve(tokenFile) ?? '';
  if (token !== '' || file !== '') {
    const credentials = file === '' ? new Secret(token) : undefined;
    const common = { type: 'Bearer', credentials_ref: undefined } as const;
    return { authorization: { ...common, credentials, credentials_file: file || undefined } };
  }
  if (username === '' && password === '') return {};
  return {
    basic_auth: {
      username,
      username_file: undefined,
      username_ref: undefined,
      password: new Secret(password),
      password_file: undefined,
      password_ref: undefined,
    },
  };
}

function impersonation(user: User): HttpOptions['http_headers'] {
  const headers = {
    'Impersonate-User': user.as,
    'Impersonate-Uid': user['as-uid'],
    'Impersonate-Group': user['as-groups'],
  };
  const given = Object.entries(headers).filter(([, value]) => value !== undefined && value.length > 0);
  return new Map(
    given.map(([name, value]) => [name, { values: [value!].flat(), secrets: undefined, files: undefined }]),
  );
}

function execOptions({ exec }: User, cluster: Cluster, directory: string): ExecOptions | undefined {
  if (exec === undefined) return undefined;
  const { apiVersion = '', command = '', args, env, provideClusterInfo, interactiveMode } = exec;
  if (!/^client\.authentication\.k8s\.io\/v1(beta1)?$/.test(apiVersion))
    throw new Error(`exec: apiVersion ${JSON.stringify(apiVersion)} is not supported`);
  if (command === '') throw new Error('exec: command must be specified');
  if (interactiveMode === 'Always') throw new Error('exec: there is no terminal for interactiveMode Always');
  return {
    apiVersion,
    // With a slash it is a path, without one it is looked up in $PATH.
    command: command.includes('/') && !isAbsolute(command) ? join(directory, command) : command,
    args: args ?? [],
    env: Object.fromEntries((env ?? []).map(({ name, value }) => [name, value])),
    cluster: provideClusterInfo === true ? clusterInfo(cluster) : undefined,
  };
}

function clusterInfo(cluster: Cluster): object {
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
    'proxy-url': cluster['proxy-url'],
    config: cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec')?.extension,
  };
}

function decoded(data: string | undefined): string | undefined {
  return data === undefined || data === '' ? undefined : Buffer.from(data, 'base64').toString('utf8');
}
