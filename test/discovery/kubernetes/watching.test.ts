import { expect, it, vi } from 'vitest';
import { pod, startDiscovery, startKubernetes } from './start-discovery.js';

const wait = { timeout: 20_000, interval: 20 };

it('finds the pods of this node and follows them', async () => {
  const server = await startKubernetes();
  server.put('pods', pod('a'));
  server.put('pods', pod('elsewhere', { node: 'node-2' }));
  const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a']), wait);
  expect(server.lists()[0]).toMatchObject({
    path: '/api/v1/pods',
    query: { fieldSelector: 'spec.nodeName=node-1', resourceVersion: '0' },
  });

  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  server.put('pods', pod('b'));
  server.put('pods', pod('a', { phase: 'Failed' }));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b']), wait);
  await vi.waitFor(() => expect(found.values('pod_phase')).toEqual(['Failed', 'Running']), wait);
  server.remove('pods', 'shop/a');
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['b']), wait);
  expect(server.lists()).toHaveLength(1);
  expect(Number(server.watches()[0]!.query.timeoutSeconds)).toBeGreaterThanOrEqual(300);
  expect(Number(server.watches()[0]!.query.timeoutSeconds)).toBeLessThanOrEqual(600);
});

it('goes on where it was when the connection is cut or the time of a watch is up', async () => {
  const server = await startKubernetes();
  server.put('pods', pod('a'));
  const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  server.dropConnections();
  server.put('pods', pod('while-cut'));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'while-cut']), wait);
  server.finishWatches();
  server.remove('pods', 'shop/a');
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['while-cut']), wait);
  expect(server.lists()).toHaveLength(1);
});

it('goes on from a bookmark, though history before it is forgotten', async () => {
  const server = await startKubernetes();
  const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  expect(server.watches()[0]!.query.allowWatchBookmarks).toBe('true');
  server.forgetHistory();
  server.put('nodes', { metadata: { name: 'of no interest' } });
  server.bookmark();
  server.put('pods', pod('a'));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a']), wait);
  server.dropConnections();
  server.put('pods', pod('b'));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b']), wait);
  expect(server.lists()).toHaveLength(1);
});

it('lists again when its place in history is gone, and lets go of what has gone meanwhile', async () => {
  const server = await startKubernetes();
  server.put('pods', pod('a'));
  server.put('pods', pod('b'));
  const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  server.endWatches({ code: 410, message: 'too old resource version' });
  server.remove('pods', 'shop/a');
  server.put('pods', pod('c'));
  server.forgetHistory();
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['b', 'c']), wait);
  const lists = server.lists();
  expect(lists).toHaveLength(2);
  // From the store this time: the cache may be what is out of date.
  expect(lists[1]!.query.resourceVersion).toBeUndefined();

  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  server.put('pods', pod('d'));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['b', 'c', 'd']), wait);
});

it('asks for pages and puts them together', async () => {
  const server = await startKubernetes();
  for (let i = 0; i < 1200; i++) server.put('services', service(i));
  server.maxPage = 500;
  const { found } = startDiscovery(`[{role: service, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(found.targets).toHaveLength(1200), wait);
  expect(server.lists().map(({ query }) => [query.limit, query.continue !== undefined])).toEqual([
    ['500', false],
    ['500', true],
    ['500', true],
  ]);
});

it('begins a list anew when its pages have become too old', async () => {
  const server = await startKubernetes();
  for (let i = 0; i < 20; i++) server.put('services', service(i));
  server.maxPage = 15;
  server.onRequest = ({ query }) => {
    if (query.continue === undefined) return;
    server.maxPage = Number.POSITIVE_INFINITY;
    server.forgetHistory();
  };
  const { found } = startDiscovery(`[{role: service, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(found.targets).toHaveLength(20), wait);
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  expect(server.lists().map(({ query }) => [query.limit, query.continue !== undefined])).toEqual([
    ['500', false],
    ['500', true],
    [undefined, false],
  ]);
});

it('forgets what it saw on a page of a list that was never finished', async () => {
  const server = await startKubernetes();
  server.put('services', service(1));
  server.put('services', service(2));
  server.maxPage = 1;
  server.onRequest = ({ query }) => {
    if (query.continue === undefined) return;
    server.onRequest = () => {};
    server.refuseNext(500);
    server.remove('services', 'shop/service-1');
  };
  const { found } = startDiscovery(`[{role: service, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  await vi.waitFor(() => expect(found.values('service_name')).toEqual(['service-2']), wait);
});

it('is not confused by how an answer is cut into pieces', async () => {
  const server = await startKubernetes();
  server.isSlow = true;
  server.put('pods', pod('a', { labels: { tricky: 'a "quoted" \\ ]},{[ ünï\u{1f600}' } }));
  server.put('pods', pod('b'));
  const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b']), wait);
  expect(found.values('pod_label_tricky')).toContain('a "quoted" \\ ]},{[ ünï\u{1f600}');
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  server.put('pods', pod('ü'));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b', 'ü']), wait);
});

it('backs off when it is refused, as long as the server asks for', async () => {
  const server = await startKubernetes();
  server.put('pods', pod('a'));
  server.refuseNext(429, { 'retry-after': '2' });
  const startedAt = performance.now();
  const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a']), wait);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1990);
});

it('keeps what it has found while the server is away, and tells that it is', async () => {
  const server = await startKubernetes();
  server.put('pods', pod('a'));
  const { found, errors } = startDiscovery(`[{role: pod, api_server: '${server.url.href}'}]`);
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
  expect(errors()).toEqual([]);
  for (let i = 0; i < 2; i++) server.refuseNext(500);
  server.dropConnections();
  await vi.waitFor(() => expect(errors()).toEqual([expect.stringMatching(/^pods: .*500/)]), wait);
  await vi.waitFor(() => expect(server.watches()).toHaveLength(4), wait);
  expect(found.values('pod_name')).toEqual(['a']);
  await vi.waitFor(() => expect(errors()).toEqual([]), wait);
  server.put('pods', pod('b'));
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b']), wait);
});

it('stops in the middle of a watch, a list and a pause', async () => {
  const watching = await startKubernetes();
  const first = startDiscovery(`[{role: pod, api_server: '${watching.url.href}'}]`);
  await vi.waitFor(() => expect(watching.watchCount).toBe(1), wait);
  await first.stop();
  await vi.waitFor(() => expect(watching.watchCount).toBe(0), wait);

  const refusing = await startKubernetes();
  refusing.refuseNext(503, { 'retry-after': '3600' });
  const second = startDiscovery(`[{role: pod, api_server: '${refusing.url.href}'}]`);
  await vi.waitFor(() => expect(refusing.requests).toHaveLength(1), wait);
  await second.stop();
});

function service(index: number) {
  return {
    metadata: { name: `service-${index}`, namespace: 'shop' },
    spec: { clusterIP: '10.0.0.1', ports: [{ port: 80 }] },
  };
}
