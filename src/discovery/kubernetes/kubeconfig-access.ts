import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Secret } from '../../fields/secret.js';
import type { Authorization } from '../../http/authorization.js';
import { plainTls } from '../../http/tls-options.js';
import type { ApiAccess } from './api-server.js';
import { type ExecCredential, ExecLogin } from './exec-login.js';
import { type Kubeconfig, readKubeconfig } from './kubeconfig.js';

/** The API server that a kubeconfig names, as the file is now and as its program says. */
export class KubeconfigAccess {
  readonly #path: string;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #text: string | undefined;
  #kubeconfig: Kubeconfig | undefined;
  #login: ExecLogin | undefined;
  #credential: ExecCredential | undefined;
  #access: ApiAccess | undefined;

  constructor(path: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#path = path;
    this.#environment = environment;
  }

  async current(signal: AbortSignal): Promise<ApiAccess> {
    try {
      await this.#read();
      const credential = await this.#login?.credential(signal);
      if (this.#access === undefined || !isSameCertificate(credential, this.#credential))
        this.#access = withCredential(this.#kubeconfig!, credential, this.#login);
      this.#credential = credential;
      return this.#access;
    } catch (cause) {
      throw new Error(`kubeconfig ${this.#path}: ${(cause as Error).message}`, { cause });
    }
  }

  async #read(): Promise<void> {
    const text = await readFile(this.#path, 'utf8');
    if (text === this.#text) return;
    const kubeconfig = readKubeconfig(text, dirname(this.#path));
    this.#kubeconfig = kubeconfig;
    this.#login = kubeconfig.exec && new ExecLogin(kubeconfig.exec, this.#environment);
    this.#text = text;
    this.#access = undefined;
  }
}

function withCredential(
  { url, http }: Kubeconfig,
  credential: ExecCredential | undefined,
  login: ExecLogin | undefined,
): ApiAccess {
  if (credential === undefined || login === undefined) return { url, http };
  const { certificate, key } = credential;
  const authorization: Authorization = {
    header: async (signal) => {
      const { token } = await login.credential(signal);
      return token === undefined ? undefined : `Bearer ${token}`;
    },
    refused: () => login.forget(),
    close: async () => {},
  };
  if (certificate === undefined || key === undefined) return { url, http, authorization };
  const tls = { ...(http.tls_config ?? plainTls), cert: certificate, key: new Secret(key) };
  return { url, http: { ...http, tls_config: tls }, authorization };
}

function isSameCertificate(a: ExecCredential | undefined, b: ExecCredential | undefined): boolean {
  return a?.certificate === b?.certificate && a?.key === b?.key;
}
