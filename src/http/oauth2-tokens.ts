import { createSign, randomUUID } from 'node:crypto';
import type { Authorization } from './authorization.js';
import { Connections } from './connections.js';
import { plainHttp } from './http-options.js';
import { jwtBearer, type OAuth2Options } from './oauth2-options.js';
import { readText, textSource } from './secret-text.js';

/** Renewed this long before it ends, so that it does not end on the way. */
const renewEarlyMs = 10_000;
const jwtLifetimeSeconds = 600;
const maxAnswerBytes = 1 << 20;

interface Token {
  readonly header: string;
  readonly renewAtMs: number;
  /** The secret it was fetched with: a changed one fetches a new token. */
  readonly secret: string;
}

/** Fetches access tokens (RFC 6749 4.4, RFC 7523) and keeps each for as long as it lasts. */
export class OAuth2Tokens implements Authorization {
  readonly #options: OAuth2Options;
  readonly #connections: Connections;
  #token: Token | undefined;
  /** Servers differ in where they want the client's id and secret; Go tries the header first, then the form. */
  #isInForm = false;
  #fetching: Promise<Token> | undefined;

  constructor(options: OAuth2Options, environment: Readonly<Record<string, string | undefined>>) {
    this.#options = options;
    this.#connections = new Connections({ ...plainHttp, ...options }, environment);
  }

  async header(signal: AbortSignal): Promise<string> {
    const secret = await this.#secret();
    const token = this.#token;
    if (token !== undefined && token.secret === secret && Date.now() < token.renewAtMs) return token.header;
    this.#fetching ??= this.#fetch(secret, signal).finally(() => {
      this.#fetching = undefined;
    });
    this.#token = await this.#fetching;
    return this.#token.header;
  }

  refused(): void {
    this.#token = undefined;
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #secret(): Promise<string> {
    const options = this.#options;
    const source =
      options.grant_type === jwtBearer
        ? textSource(options.client_certificate_key, options.client_certificate_key_file)
        : textSource(options.client_secret, options.client_secret_file);
    return source === undefined ? '' : readText(source, 'oauth2 client secret');
  }

  async #fetch(secret: string, signal: AbortSignal): Promise<Token> {
    const form = this.#form(secret);
    const isJwt = this.#options.grant_type === jwtBearer;
    let answer = await this.#post(
      form,
      isJwt ? 'nowhere' : this.#isInForm ? 'form' : 'header',
      secret,
      signal,
    );
    if (answer.error !== undefined && !isJwt && !this.#isInForm) {
      const second = await this.#post(form, 'form', secret, signal);
      if (second.error === undefined) {
        this.#isInForm = true;
        answer = second;
      }
    }
    if (answer.error !== undefined) throw new Error(`oauth2: cannot fetch token: ${answer.error}`);
    return { ...answer.token, secret };
  }

  #form(secret: string): URLSearchParams {
    const { scopes = [], endpoint_params = new Map<string, string>(), grant_type } = this.#options;
    const form = new URLSearchParams({ grant_type: grant_type ?? 'client_credentials' });
    if (grant_type === jwtBearer) form.set('assertion', this.#assertion(secret));
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of endpoint_params) form.set(name, value);
    return form;
  }

  #assertion(privateKey: string): string {
    const options = this.#options;
    const algorithm = options.signature_algorithm ?? 'RS256';
    const now = Math.floor(Date.now() / 1000);
    const header = {
      alg: algorithm,
      ...(options.client_certificate_key_id && { kid: options.client_certificate_key_id }),
      typ: 'JWT',
    };
    const claims = {
      iss: options.iss || options.client_id,
      sub: options.client_id,
      jti: randomUUID(),
      aud: options.audience || options.token_url!.href,
      iat: now,
      exp: now + jwtLifetimeSeconds,
      ...((options.scopes ?? []).length > 0 && { scope: options.scopes!.join(' ') }),
      ...Object.fromEntries(options.claims ?? []),
    };
    const signed = [header, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = createSign(algorithm.replace('RS', 'RSA-SHA'))
      .update(signed)
      .sign(privateKey, 'base64url');
    return `${signed}.${signature}`;
  }

  async #post(
    form: URLSearchParams,
    place: 'header' | 'form' | 'nowhere',
    secret: string,
    signal: AbortSignal,
  ): Promise<{ token: Omit<Token, 'secret'>; error?: undefined } | { error: string }> {
    const url = this.#options.token_url!;
    const body = new URLSearchParams(form);
    const headers: Record<string, string> = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const id = this.#options.client_id ?? '';
    if (place === 'form') {
      body.set('client_id', id);
      if (secret !== '') body.set('client_secret', secret);
    } else if (place === 'header') {
      const pair = `${formEncode(id)}:${formEncode(secret)}`;
      headers.Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const dispatcher = await this.#connections.to(url);
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers,
      body: body.toString(),
      signal,
    });
    const text = (await response.body.text()).slice(0, maxAnswerBytes);
    return readAnswer(response.statusCode, String(response.headers['content-type'] ?? ''), text);
  }
}

function readAnswer(
  status: number,
  contentType: string,
  text: string,
): { token: Omit<Token, 'secret'>; error?: undefined } | { error: string } {
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

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
