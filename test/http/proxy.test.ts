import { describe, expect, it } from 'vitest';
import { proxyChoice } from '../../src/http/proxy.js';
import type { ProxyOptions } from '../../src/http/proxy-options.js';

const none: ProxyOptions = {
  proxy_url: undefined,
  no_proxy: undefined,
  proxy_from_environment: false,
  proxy_connect_header: undefined,
};

function chosen(options: Partial<ProxyOptions>, target: string, environment: Record<string, string> = {}) {
  return proxyChoice({ ...none, ...options }, environment)(new URL(target))?.href;
}

describe('proxy_url', () => {
  const proxy_url = new URL('http://proxy:3128');

  it('is used for everything, loopback too, as long as nothing is excepted', () => {
    expect(chosen({ proxy_url }, 'http://loki/')).toBe('http://proxy:3128/');
    expect(chosen({ proxy_url }, 'https://127.0.0.1/')).toBe('http://proxy:3128/');
  });

  it.each([
    ['*', 'http://anything/', false],
    ['loki', 'http://loki:3100/', false],
    ['loki', 'http://loki.example/', true],
    ['example.com', 'http://example.com/', false],
    ['example.com', 'http://loki.EXAMPLE.com/', false],
    ['example.com', 'http://notexample.com/', true],
    ['.example.com', 'http://loki.example.com/', false],
    ['.example.com', 'http://example.com/', true],
    ['*.example.com', 'http://loki.example.com/', false],
    ['*.example.com', 'http://example.com/', true],
    ['example.com:443', 'https://example.com/', false],
    ['example.com:443', 'http://example.com/', true],
    ['10.0.0.1', 'http://10.0.0.1:3100/', false],
    ['10.0.0.1:80', 'http://10.0.0.1:3100/', true],
    ['10.0.0.0/8', 'http://10.9.8.7/', false],
    ['10.0.0.0/8', 'http://11.0.0.1/', true],
    ['fd00::/8', 'http://[fd00::1]/', false],
    ['[fd00::1]:80', 'http://[fd00::1]/', false],
    [' a , loki ,', 'http://loki/', false],
    // Loopback is never proxied once there are exceptions.
    ['other', 'http://localhost:3100/', true],
  ])('with no_proxy %j and %s', (no_proxy, target, isProxied) => {
    const isLoopback = target.includes('localhost');
    expect(chosen({ proxy_url, no_proxy }, target) !== undefined).toBe(isProxied && !isLoopback);
  });
});

describe('proxy_from_environment', () => {
  const from = { proxy_from_environment: true };

  it('takes the variable of the scheme, in either case, with or without http://', () => {
    const environment = { HTTP_PROXY: 'plain:1', https_proxy: 'https://secure:2' };
    expect(chosen(from, 'http://loki/', environment)).toBe('http://plain:1/');
    expect(chosen(from, 'https://loki/', environment)).toBe('https://secure:2/');
  });

  it('keeps to NO_PROXY and never proxies loopback', () => {
    const environment = { HTTP_PROXY: 'plain:1', NO_PROXY: 'loki' };
    expect(chosen(from, 'http://loki/', environment)).toBeUndefined();
    expect(chosen(from, 'http://127.0.0.9/', environment)).toBeUndefined();
    expect(chosen(from, 'http://[::1]/', environment)).toBeUndefined();
    expect(chosen(from, 'http://other/', environment)).toBe('http://plain:1/');
  });

  it('does not look at the environment unless told to', () => {
    expect(chosen({}, 'http://loki/', { HTTP_PROXY: 'plain:1' })).toBeUndefined();
  });
});
