import { Buffer } from 'node:buffer';
import type { Authorization } from './authorization.js';
import { Connections } from './connections.js';
import { plainHttp } from './http-options.js';
import { signAssertion } from './jwt-assertion.js';
import { jwtBearer, type OAuth2Options } from './oauth2-options.js';
import { readText, textSource } from './secret-text.js';
import { type AccessToken, readTokenAnswer, type TokenAnswer } from './token-answer.js';

const maxAnswerBytes = 1 << 20;

interface Token extends AccessToken {
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
    if (grant_type === jwtBearer) form.set('assertion', signAssertion(this.#options, secret));
    if (scopes.length > 0) form.set('scope', scopes.join(' '));
    for (const [name, value] of endpoint_params) form.set(name, value);
    return form;
  }

  async #post(
    form: URLSearchParams,
    place: 'header' | 'form' | 'nowhere',
    secret: string,
    signal: AbortSignal,
  ): Promise<TokenAnswer> {
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
    return readTokenAnswer(response.statusCode, String(response.headers['content-type'] ?? ''), text);
  }
}

function formEncode(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}
