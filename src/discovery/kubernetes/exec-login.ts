import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ExecOptions } from './kubeconfig.js';

/** What a credential program has answered: a token, or a certificate with its key, both PEM, or all of them. */
export interface ExecCredential {
  readonly token: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly expiresAtMs: number;
}

const maxOutputBytes = 1 << 20;

/** Runs the program that a kubeconfig names, and keeps what it says for as long as that is good. */
export class ExecLogin {
  readonly #options: ExecOptions;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  #credential: ExecCredential | undefined;
  #running: Promise<ExecCredential> | undefined;

  constructor(options: ExecOptions, environment: Readonly<Record<string, string | undefined>>) {
    this.#options = options;
    this.#environment = environment;
  }

  async credential(signal: AbortSignal): Promise<ExecCredential> {
    const known = this.#credential;
    if (known !== undefined && Date.now() < known.expiresAtMs) return known;
    this.#running ??= this.#run(signal).finally(() => {
      this.#running = undefined;
    });
    this.#credential = await this.#running;
    return this.#credential;
  }

  /** The server did not accept it. */
  forget(): void {
    this.#credential = undefined;
  }

  async #run(signal: AbortSignal): Promise<ExecCredential> {
    const { apiVersion, command, args, env, cluster } = this.#options;
    const info = { kind: 'ExecCredential', apiVersion, spec: { interactive: false, cluster } };
    const { stdout } = await promisify(execFile)(command, [...args], {
      env: { ...this.#environment, ...env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      maxBuffer: maxOutputBytes,
      signal,
    });
    return readCredential(stdout, apiVersion);
  }
}

function readCredential(output: string, apiVersion: string): ExecCredential {
  const answer = JSON.parse(output) as {
    readonly apiVersion?: string;
    readonly status?: {
      readonly token?: string;
      readonly clientCertificateData?: string;
      readonly clientKeyData?: string;
      readonly expirationTimestamp?: string;
    };
  };
  if (answer.apiVersion !== apiVersion)
    throw new Error(
      `exec plugin is configured to use API version ${apiVersion}, plugin returned version ${answer.apiVersion}`,
    );
  const {
    token,
    clientCertificateData: certificate,
    clientKeyData: key,
    expirationTimestamp,
  } = answer.status ?? {};
  if (token === undefined && (certificate === undefined || key === undefined))
    throw new Error("exec plugin didn't return a token or cert/key pair");
  const expiresAtMs =
    expirationTimestamp === undefined ? Number.POSITIVE_INFINITY : Date.parse(expirationTimestamp);
  return { token, certificate, key, expiresAtMs };
}
