import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { CloudflareTarget, cloudflare } from '../../../src/targets/cloudflare/cloudflare-target.js';
import { fieldsOf } from '../../../src/targets/cloudflare/fields.js';
import { splitWindow } from '../../../src/targets/cloudflare/time-window.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';

interface Asked {
  readonly start: bigint;
  readonly end: bigint;
  readonly url: URL;
  readonly request: IncomingMessage;
}

const minute = 60_000_000_000n;

/** An API that answers as the test says. */
async function startApi(answer: (asked: Asked, response: ServerResponse) => void): Promise<URL> {
  const server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://api');
    const [start, end] = ['start', 'end'].map((name) => BigInt(url.searchParams.get(name)!));
    answer({ start: start!, end: end!, url, request }, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4`);
}

function options(more = '') {
  return decodeOptions(cloudflare, `{api_token: t0ken, zone_id: zone, labels: {job: cf}${more}}`);
}

/** Starts with a position, as if an earlier run had stopped `minutes` ago. */
async function startRig(api: URL, minutes: number, more = ''): Promise<{ rig: TargetRig; to: bigint }> {
  const rig = new TargetRig();
  const to = BigInt(Date.now() - 60_000 * minutes) * 1_000_000n;
  await rig.startBuilt((deps) => {
    deps.positions.put('cursor-zone', String(to));
    return new CloudflareTarget(options(more), deps, api);
  });
  return { rig, to };
}

function line(nanos: bigint, more = ''): string {
  return `{"RayID":"r","EdgeStartTimestamp":${nanos}${more}}`;
}

it('pulls window after window up to a minute ago, shared among workers, with the time of each line', async () => {
  const asked: Asked[] = [];
  const api = await startApi((each, response) => {
    asked.push(each);
    response.setHeader('content-encoding', 'gzip');
    response.end(gzipSync(`${line(each.start + 1n)}\n`));
  });
  const { rig, to } = await startRig(api, 3.5, ', workers: 2');
  await expect.poll(() => rig.positions.get('cursor-zone'), { timeout: 5000 }).toBe(String(to + 3n * minute));
  expect(asked.map(({ start }) => start).sort()).toEqual(
    [-2n, -1n, 0n, 1n, 2n, 3n].map((half) => to + (half * minute) / 2n),
  );
  expect(asked.every(({ start, end }) => end - start === minute / 2n)).toBe(true);
  expect(asked[0]!.request.headers.authorization).toBe('Bearer t0ken');
  expect(asked[0]!.url.pathname).toBe('/client/v4/zones/zone/logs/received');
  expect(asked[0]!.url.searchParams.get('fields')).toBe(fieldsOf('default', []).join(','));
  const times = rig.sink.received.map(({ time }) => time).sort();
  expect(times).toEqual(asked.map(({ start }) => start + 1n).sort());
  expect(rig.sink.received[0]!.labels).toBe('{job="cf"}');
  expect(await rig.metric('promtail_cloudflare_target_entries_total')).toEqual({ '': 6 });
  const last = await rig.metric('promtail_cloudflare_target_last_requested_end_timestamp');
  expect(last['']).toBeCloseTo(Number(to + 2n * minute) / 1e9, 1);
});

it('asks again for a window that failed, and sends no line of it twice', async () => {
  let requests = 0;
  const api = await startApi(({ start }, response) => {
    requests += 1;
    const lines = [1n, 2n, 2n, 3n].map((each) => `${line(start + each)}\n`);
    if (requests === 1) {
      response.writeHead(500).end('later');
    } else if (requests === 2) {
      response.write(`${lines[0]}${lines[1]}`);
      setTimeout(() => response.destroy(), 50);
    } else {
      response.end(lines.reverse().join(''));
    }
  });
  const { rig, to } = await startRig(api, 1.5, ', workers: 1, pull_range: 1m');
  const expected = [1n, 2n, 3n, 2n].map((each) => line(to - minute + each));
  await rig.expectLines(expected, { timeout: 15_000 });
  await expect.poll(() => rig.positions.get('cursor-zone')).toBe(String(to + minute));
});

it('moves on only when all of a window is settled', async () => {
  const api = await startApi(({ start }, response) => response.end(`${line(start)}\n`));
  const rig = new TargetRig();
  rig.sink.settlesAtOnce = false;
  const to = String(BigInt(Date.now() - 90_000) * 1_000_000n);
  await rig.startBuilt((deps) => {
    deps.positions.put('cursor-zone', to);
    return new CloudflareTarget(options(), deps, api);
  });
  await expect.poll(() => rig.sink.lines).toHaveLength(3);
  expect(rig.positions.get('cursor-zone')).toBe(to);
  rig.sink.settleAll();
  expect(rig.positions.get('cursor-zone')).toBe(String(BigInt(to) + minute));
});

it('goes on behind windows of which there are no logs any more', async () => {
  const api = await startApi((_, response) => {
    response
      .writeHead(400)
      .end('bad query: error parsing time: too early: logs older than 168h0m0s are not available');
  });
  const { rig, to } = await startRig(api, 1.5);
  await expect.poll(() => rig.positions.get('cursor-zone')).toBe(String(to + minute));
  expect(rig.logged.map(({ msg }) => msg)).toContain(
    'the logs of a time window are no longer there; going on behind it',
  );
});

it('splits windows without a gap', () => {
  expect(splitWindow({ start: 0n, end: 10n }, 3)).toEqual([
    { start: 0n, end: 3n },
    { start: 3n, end: 6n },
    { start: 6n, end: 10n },
  ]);
});

it('has more fields in each set, and none twice', () => {
  const sizes = ['custom', 'default', 'minimal', 'extended', 'all'].map((type) => fieldsOf(type, []).length);
  expect(sizes).toEqual([0, 10, 28, 45, 66]);
  expect(fieldsOf('default', ['RayID', 'Cookies'])).toHaveLength(11);
});

it('tells what is wrong with its options', () => {
  const decode = (text: string) => () => decodeOptions(cloudflare, text);
  expect(decode('{zone_id: z}')).toThrow('cloudflare api token is required');
  expect(decode('{api_token: t}')).toThrow('cloudflare zone id is required');
  expect(decode('{api_token: t, zone_id: z, fields_type: most}')).toThrow('unknown fields type: most');
});
