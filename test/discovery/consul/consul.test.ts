import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { consulConfigs } from '../../../src/discovery/consul.js';
import { consulAgentConfigs } from '../../../src/discovery/consulagent.js';
import type { DiscoveryKind } from '../../../src/discovery/discoverer.js';
import { parseConfigText } from '../../../src/fields/node.js';
import { Problems } from '../../../src/fields/problems.js';
import { FakeConsul } from '../../support/fake-consul.js';
import { recordedLog } from '../../support/recorded-log.js';
import { Found, sorted } from '../found.js';
import { addServices, consulCases } from './services.js';

/** What Promtail found; `record-services.ts` wrote it. */
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/promtail-targets.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, string>[]>;
const kinds: readonly DiscoveryKind<unknown>[] = [consulConfigs, consulAgentConfigs];
const wait = { timeout: 20_000, interval: 20 };
const { log } = recordedLog();

async function startConsul(): Promise<FakeConsul> {
  const consul = await new FakeConsul().start();
  onTestFinished(() => consul.close());
  return consul;
}

function readOptions(key: string, item: object): { kind: DiscoveryKind<unknown>; options: unknown } {
  const problems = new Problems('config');
  const kind = kinds.find(({ name }) => name === key)!;
  const options = kind.field.decode(parseConfigText(JSON.stringify([item]), problems), problems);
  problems.throwIfAny();
  return { kind, options };
}

function start(key: string, item: object) {
  const { kind, options } = readOptions(key, item);
  const deps = { log, hostname: 'node-1', version: '0', environment: {} };
  const [discoverer] = kind.build(options, deps);
  const found = new Found(/^__meta_consul(agent)?_/);
  discoverer!.start(found.publish);
  const stop = () => discoverer!.stop();
  onTestFinished(stop);
  return { found, errors: () => discoverer!.errors, stop };
}

it.each(Object.entries(consulCases))('finds what Promtail finds: %s', async (name, { key, item }) => {
  const consul = await startConsul();
  addServices(consul);
  const { found } = start(key, { ...item, server: consul.address });
  const expected = sorted(recorded[name]!);
  expect(expected).not.toEqual([]);
  await vi.waitFor(() => expect(found.distinct).toEqual(expected), wait);
});

describe.each(['consul_sd_configs', 'consulagent_sd_configs'])('%s', (key) => {
  it('follows services that come, change and go', async () => {
    const consul = await startConsul();
    const { found } = start(key, { server: consul.address, refresh_interval: '50ms' });
    consul.register({ ID: 'a', Service: 'a', Address: 'x', Port: 1 });
    await vi.waitFor(() => expect(found.values('service')).toEqual(['a']), wait);
    consul.register({ ID: 'a', Service: 'a', Address: 'x', Port: 2 });
    await vi.waitFor(() => expect(found.values('address')).toContain('x:2'), wait);
    consul.register({ ID: 'b', Service: 'b', Address: 'x', Port: 3 });
    await vi.waitFor(() => expect(found.values('service')).toEqual(['a', 'b']), wait);
    consul.deregister('a');
    await vi.waitFor(() => expect(found.values('service')).toEqual(['b']), wait);
  });

  it('keeps what it knows while Consul is away, and goes on afterwards', async () => {
    const consul = await startConsul();
    consul.register({ ID: 'a', Service: 'a', Address: 'x', Port: 1 });
    const { found, errors } = start(key, { server: consul.address, refresh_interval: '50ms' });
    await vi.waitFor(() => expect(found.values('service')).toEqual(['a']), wait);
    expect(errors()).toEqual([]);
    consul.failure = 500;
    consul.dropConnections();
    const before = consul.requests.length;
    await vi.waitFor(() => expect(consul.requests.length).toBeGreaterThan(before + 1), wait);
    expect(found.values('service')).toEqual(['a']);
    await vi.waitFor(() => expect(errors()).toContainEqual(expect.stringMatching(/^service a: /)), wait);
    consul.failure = undefined;
    consul.register({ ID: 'b', Service: 'b', Address: 'x', Port: 2 });
    await vi.waitFor(() => expect(found.values('service')).toEqual(['a', 'b']), wait);
    await vi.waitFor(() => expect(errors()).toEqual([]), wait);
  });

  it('stops while it waits', async () => {
    const consul = await startConsul();
    const { found, stop } = start(key, { server: consul.address });
    consul.register({ ID: 'a', Service: 'a', Address: 'x', Port: 1 });
    await vi.waitFor(() => expect(consul.requests.length).toBeGreaterThan(1), wait);
    await stop();
    const known = found.targets.length;
    consul.register({ ID: 'b', Service: 'b', Address: 'x', Port: 1 });
    expect(found.targets).toHaveLength(known);
  });

  it('logs in, and asks for what is configured', async () => {
    const consul = await startConsul();
    const item = { server: consul.address, token: 't', datacenter: 'dc-2', username: 'me', password: 'pw' };
    start(key, { ...item, services: ['a'], node_meta: { rack: 'r1' } });
    await vi.waitFor(() => expect(consul.requests.length).toBeGreaterThan(0), wait);
    const [{ query, headers }] = consul.requests as [(typeof consul.requests)[0]];
    expect(headers['x-consul-token']).toBe('t');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('me:pw').toString('base64')}`);
    expect(query.get('dc')).toBe('dc-2');
  });

  it.each([
    [{ server: '' }, 'requires a server address'],
    [{ server: 'unix:///run/consul' }, 'not supported: a Unix socket'],
    [{ scheme: 'ftp' }, 'expected one of http, https'],
    [{ refresh_interval: 5 }, 'refresh_interval'],
    [{ nodes: [] }, "unknown key 'nodes'"],
  ])('refuses %j', (item, message) => {
    expect(() => readOptions(key, item)).toThrow(message);
  });
});

it('waits for changes instead of asking again and again', async () => {
  const consul = await startConsul();
  consul.register({ ID: 'a', Service: 'a', Address: 'x', Port: 1, Tags: ['blue'] });
  const item = { server: `http://${consul.address}/behind`, refresh_interval: '1ms', namespace: 'n' };
  const rest = { health_filter: 'x == y', filter: 'z', tags: ['blue'], node_meta: { rack: 'r1' } };
  const { found } = start('consul_sd_configs', { ...item, ...rest });
  await vi.waitFor(() => expect(found.values('service')).toEqual(['a']), wait);
  // The datacenter, then twice each the catalog and the service: the second time they wait.
  await vi.waitFor(() => expect(consul.requests).toHaveLength(5), wait);
  const asked = consul.requests.map(({ path, query }) => `${path}?${query}`).sort();
  expect(asked.map((each) => each.replace(/\d+ms/, 'long'))).toEqual([
    '/behind/v1/agent/self?ns=n',
    '/behind/v1/catalog/services?ns=n&stale=&node-meta=rack%3Ar1&filter=z',
    '/behind/v1/catalog/services?ns=n&stale=&node-meta=rack%3Ar1&filter=z&index=11&wait=long',
    '/behind/v1/health/service/a?ns=n&stale=&node-meta=rack%3Ar1&filter=x+%3D%3D+y&tag=blue',
    '/behind/v1/health/service/a?ns=n&stale=&node-meta=rack%3Ar1&filter=x+%3D%3D+y&tag=blue&index=11&wait=long',
  ]);

  // Consul counts anew: an index from before would never be reached again.
  consul.restore();
  consul.register({ ID: 'a2', Service: 'a', Address: 'y', Port: 1, Tags: ['blue'] });
  await vi.waitFor(() => expect(found.values('address')).toContain('y:1'), wait);
});
