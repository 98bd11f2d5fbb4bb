import { expect, it } from 'vitest';
import { gcplog } from '../../../src/targets/gcplog/gcplog-target.js';
import { labelName } from '../../../src/targets/gcplog/log-entry.js';
import type { PushTarget } from '../../../src/targets/push-target.js';
import { TargetRig } from '../../support/target-rig.js';

async function start(options = '', rules = '[]') {
  const rig = new TargetRig();
  const text = `subscription_type: push\nserver: {http_listen_address: 127.0.0.1}\n${options}`;
  const { port } = (await rig.start(gcplog, text, rules)) as PushTarget;
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const url = `http://127.0.0.1:${port}/gcp/api/v1/push`;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url, { method: 'POST', body: text, headers });
    return [response.status, await response.text()];
  };
  return { rig, post };
}

const entry = {
  logName: 'projects/p/logs/l',
  resource: { type: 'gcs_bucket', labels: { bucket_name: 'b', projectId: 'p' } },
  timestamp: '2020-12-22T15:01:23.045123456Z',
  receiveTimestamp: '2020-12-22T15:01:24Z',
  severity: 'INFO',
  labels: { 'k8s-pod/app': 'x' },
  textPayload: 'the text',
};
const push = (
  data: unknown,
  attributes: object = { 'logging.googleapis.com/timestamp': 't', camelCase: 'c' },
) => ({
  message: { attributes, data: Buffer.from(JSON.stringify(data)).toString('base64'), message_id: 'id-1' },
  subscription: 'projects/p/subscriptions/s',
});

it('takes a message with its labels and time', async () => {
  const rules =
    '[{action: labelmap, regex: __gcp_(.+)}, {source_labels: [__tenant_id__], target_label: org}]';
  const { rig, post } = await start('labels: {job: gcp, severity: own}\nuse_incoming_timestamp: true', rules);
  expect(await post(push(entry), { 'X-Scope-OrgID': 'me' })).toEqual([204, '']);
  const [received] = rig.sink.received;
  expect(received!.text).toBe('the text');
  expect(received!.labels).toBe(
    '{attributes_camel_case="c", attributes_logging_googleapis_com_timestamp="t", job="gcp", labels_k8s_pod_app="x", ' +
      'logname="projects/p/logs/l", message_id="id-1", org="me", resource_labels_bucket_name="b", ' +
      'resource_labels_project_id="p", resource_type="gcs_bucket", severity="own", subscription_name="projects/p/subscriptions/s"}',
  );
  expect(received!.entry.labels.tenant).toBe('me');
  expect(received!.time).toBe(1_608_649_283_045_123_456n);
  expect(await rig.metric('promtail_gcp_push_target_entries_total')).toEqual({ '': 1 });
});

it('sends all of it when told to, or when there is no text', async () => {
  const full = await start('use_full_line: true');
  await full.post(push(entry));
  expect(full.rig.sink.lines).toEqual([JSON.stringify(entry)]);
  const { rig, post } = await start();
  const blank = { ...entry, textPayload: '  ' };
  await post(push(blank));
  expect(rig.sink.lines).toEqual([JSON.stringify(blank)]);
});

it('takes the time it was received, when it has no other', async () => {
  const { rig, post } = await start('use_incoming_timestamp: true');
  const { timestamp: _, ...received } = entry;
  await post(push(received));
  expect(rig.sink.received[0]!.time).toBe(1_608_649_284_000_000_000n);
});

it.each([
  ['{', 'format'],
  [{ message: { data: 'e30=' }, subscription: 's' }, 'invalid_message'],
  [{ message: { message_id: '1' }, subscription: 's' }, 'invalid_message'],
  [{ message: { data: 'e30=', message_id: '1' } }, 'invalid_message'],
  [{ message: { data: '!', message_id: '1' }, subscription: 's' }, 'translation'],
  [{ message: { data: 'eA==', message_id: '1' }, subscription: 's' }, 'translation'],
  [push({ ...entry, timestamp: 'yesterday' }), 'translation'],
])('refuses %j', async (body, reason) => {
  const { rig, post } = await start('use_incoming_timestamp: true');
  expect((await post(body))[0]).toBe(400);
  expect(await rig.metric('promtail_gcp_push_target_parsing_errors_total')).toEqual({ [reason]: 1 });
});

it('answers with success for what the rules drop', async () => {
  const { rig, post } = await start('', '[{source_labels: [__gcp_severity], regex: INFO, action: drop}]');
  expect(await post(push(entry))).toEqual([204, '']);
  expect(rig.sink.lines).toEqual([]);
});

it('waits no longer than push_timeout', async () => {
  const { rig, post } = await start('push_timeout: 100ms');
  rig.sink.settlesAtOnce = false;
  expect((await post(push(entry)))[0]).toBe(503);
});

it.each([
  ['logging.googleapis.com/logName', 'logging_googleapis_com_log_name'],
  ['ABC', 'a_b_c'],
  ['a_B-C', 'a_b_c'],
])('writes %s as a label', (name, label) => {
  expect(labelName(name)).toBe(label);
});
