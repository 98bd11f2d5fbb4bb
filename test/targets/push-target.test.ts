import { request } from 'node:http';
import { expect, it } from 'vitest';
import { noAck } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { Line } from '../../src/entry/line.js';
import { lokiPush } from '../../src/targets/loki-push/loki-push.js';
import { PushTarget } from '../../src/targets/push-target.js';
import { decodeOptions, TargetRig } from '../support/target-rig.js';

/** A target that takes each body as one line, and waits a moment only. */
async function start(maxWaitMs = 300) {
  const rig = new TargetRig();
  const { server } = decodeOptions(lokiPush, 'server: {http_listen_address: 127.0.0.1}');
  const target = (await rig.startBuilt(
    (deps) =>
      new PushTarget(
        {
          type: 'Push',
          server,
          labels: new Map(),
          metricsPrefix: 'test_',
          inlets: [
            {
              path: '/in',
              maxBodyBytes: 100 * 1024 * 1024,
              maxWaitMs,
              read: (body) => [new Entry(deps.labelSets.empty, 0, 0, Line.ofBytes(body), noAck)],
            },
          ],
        },
        deps,
      ),
  )) as PushTarget;
  const url = `http://127.0.0.1:${target.port}/in`;
  const post = async (body: string) => {
    const response = await fetch(url, { method: 'POST', body });
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  };
  return { rig, target, url, post };
}

it('asks to come again when it takes too long', async () => {
  const { rig, post } = await start();
  rig.sink.settlesAtOnce = false;
  expect(await post('slow')).toEqual({ status: 503, retryAfter: '5' });
  expect(rig.sink.lines).toEqual(['slow']);
});

it('asks to come again at once when too much waits', async () => {
  const { rig, post } = await start(60_000);
  rig.sink.settlesAtOnce = false;
  const line = 'x'.repeat(40 * 1024 * 1024);
  const first = post(line);
  await expect.poll(() => rig.sink.lines.length, { timeout: 5000 }).toBe(1);
  expect(await post(line)).toEqual({ status: 429, retryAfter: '5' });
  rig.sink.settleAll();
  expect(await first).toMatchObject({ status: 204 });
  rig.sink.settlesAtOnce = true;
  expect(await post(line)).toMatchObject({ status: 204 });
});

it('hands nothing on for a sender that it sends away, while Loki takes nothing', async () => {
  const { rig, post } = await start();
  const blocked = Promise.withResolvers<void>();
  rig.sink.settlesAtOnce = false;
  rig.sink.hold = blocked.promise;
  const first = post('one');
  await expect.poll(() => rig.sink.lines).toEqual(['one']);
  const second = post('two');
  expect(await first).toMatchObject({ status: 503 });
  expect(await second).toMatchObject({ status: 503 });
  rig.sink.hold = undefined;
  rig.sink.settlesAtOnce = true;
  blocked.resolve();
  expect(await post('two')).toMatchObject({ status: 204 });
  expect(rig.sink.lines).toEqual(['one', 'two']);
});

it('forgets a sender that goes away in the middle', async () => {
  const { rig, target, url, post } = await start();
  const cut = request(url, { method: 'POST', headers: { 'content-length': '100' } });
  cut.on('error', () => {});
  cut.write('half of');
  await expect.poll(() => rig.registry.metrics()).toMatch(/test_inflight_requests\{.*\} 1/);
  cut.destroy();
  await expect.poll(() => rig.metric('auditail_refused_requests_total')).toEqual({ 'job,gone': 1 });
  expect(target.details()).toMatchObject({ lastFault: 'gone' });
  expect(await post('whole')).toMatchObject({ status: 204 });
  expect(rig.sink.lines).toEqual(['whole']);
});

it('answers those who wait before it stops', async () => {
  const { rig, target, post } = await start(60_000);
  rig.sink.settlesAtOnce = false;
  const answer = post('last');
  await expect.poll(() => rig.sink.lines).toEqual(['last']);
  const stopped = target.stop();
  rig.sink.settleAll();
  expect(await answer).toMatchObject({ status: 204 });
  const answered = performance.now();
  await stopped;
  expect(performance.now() - answered).toBeLessThan(5000);
});
