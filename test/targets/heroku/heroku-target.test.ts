import { expect, it } from 'vitest';
import { herokuDrain } from '../../../src/targets/heroku/heroku-target.js';
import type { PushTarget } from '../../../src/targets/push-target.js';
import { TargetRig } from '../../support/target-rig.js';

async function start(options = '', rules = '[]') {
  const rig = new TargetRig();
  const text = `server: {http_listen_address: 127.0.0.1}\n${options}`;
  const { port } = (await rig.start(herokuDrain, text, rules)) as PushTarget;
  const post = async (body: string, query = '', headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${port}/heroku/api/v1/drain${query}`;
    const response = await fetch(url, { method: 'POST', body, headers });
    return [response.status, await response.text()];
  };
  return { rig, post };
}

const frame = (message: string) => `${Buffer.byteLength(message)} ${message}`;
const line = (text: string) => frame(`<40>1 2012-11-30T06:45:26.123456+02:00 host app web.3 - ${text}\n`);

it('takes the frames of a request, with their labels, time and newline', async () => {
  const rules =
    '[{action: labelmap, regex: __heroku_drain_(.+)}, {source_labels: [__tenant_id__], target_label: org}]';
  const { rig, post } = await start('labels: {job: drain, app: own}\nuse_incoming_timestamp: true', rules);
  const body = line('State changed from starting to up') + line('ü');
  expect(await post(body, '?env=prod&env=eu&x=', { 'X-Scope-OrgID': 'me' })).toEqual([204, '']);
  await rig.expectLines(['State changed from starting to up\n', 'ü\n']);
  const [first] = rig.sink.received;
  expect(first!.labels).toBe(
    '{app="app", host="host", job="drain", log_id="-", org="me", param_env="prod,eu", proc="web.3"}',
  );
  expect(first!.entry.labels.tenant).toBe('me');
  expect(first!.time).toBe(1_354_250_726_123_456_000n);
  expect(await rig.metric('promtail_heroku_drain_target_entries_total')).toEqual({ '': 2 });
});

it.each([
  ['x <40>1', 'couldnt parse frame length: bad frame\n'],
  ['100 <40>1 short', 'message boundary not respected: bad frame\n'],
  ['7', 'missing frame length: bad frame\n'],
  [frame('<40>1 yesterday host app web.3 - x'), 'cannot read "yesterday" as a time\n'],
  [frame('40 2012-11-30T06:45:26Z host app web.3 - x'), 'invalid pri-val\n'],
  [frame('<40>1 2012-11-30T06:45:26Z host'), 'a message that ends too early\n'],
])('keeps what is in front of a bad frame: %s', async (bad, message) => {
  const { rig, post } = await start();
  expect(await post(line('good') + bad)).toEqual([400, message]);
  expect(rig.sink.lines).toEqual(['good\n']);
  expect(await rig.metric('promtail_heroku_drain_target_parsing_errors_total')).toEqual({ '': 1 });
});

it('takes an empty request', async () => {
  const { post } = await start();
  expect(await post('')).toEqual([204, '']);
});
