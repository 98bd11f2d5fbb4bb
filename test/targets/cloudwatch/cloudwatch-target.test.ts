import { expect, it } from 'vitest';
import { cloudwatch } from '../../../src/targets/cloudwatch/cloudwatch-target.js';
import { awsError, FakeCloudWatch } from '../../support/fake-cloudwatch.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';

const key = 'cursor-cloudwatch-job-/aws/eks/prod/cluster';
const minute = 60_000;

function config(fake: FakeCloudWatch, more = ''): string {
  return `{log_group: /aws/eks/prod/cluster, log_stream_prefix: kube-apiserver-audit-, region: eu-west-1,
    endpoint: "${fake.url}", access_key: AKID, secret_key: secret, poll_interval: 20ms, start_from: 1h${more}}`;
}

async function start(fake: FakeCloudWatch, more = '', rig = new TargetRig(), rules = '[]') {
  await rig.start(cloudwatch, config(fake, more), rules);
  return rig;
}

it('reads a group from its start on, page by page, and goes on', async () => {
  const fake = await FakeCloudWatch.start();
  Object.assign(fake, { pageSize: 2, hasEmptyPages: true });
  const now = Date.now();
  fake.put(now - 2 * 60 * minute, 'too old');
  for (let i = 0; i < 5; i++) fake.put(now - 50 * minute + i, `line ${i}`);
  fake.put(now - 50 * minute, 'of another kind', 'kube-scheduler-1');
  const rig = await start(fake);
  await rig.expectLines(['line 0', 'line 1', 'line 2', 'line 3', 'line 4']);
  fake.put(now, 'new');
  await rig.expectLines(['line 0', 'line 1', 'line 2', 'line 3', 'line 4', 'new']);
  expect(rig.sink.received.at(-1)!.time).toBe(BigInt(now) * 1_000_000n);
  expect(fake.queries[0]).toMatchObject({
    logGroupName: '/aws/eks/prod/cluster',
    logStreamNamePrefix: 'kube-apiserver-audit-',
  });
  expect(fake.requests[0]!.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/logs\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=[0-9a-f]{64}$/,
    ),
  });
  const group = '/aws/eks/prod/cluster';
  expect(await rig.metric('auditail_cloudwatch_target_entries_total')).toEqual({ [group]: 6 });
  const newest = await rig.metric('auditail_cloudwatch_target_newest_event_timestamp_seconds');
  expect(newest).toEqual({ [group]: now / 1000 });
});

it('reads events that turn up late, and none twice', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  fake.put(now - 1000, 'first');
  const rig = await start(fake, ', overlap: 1m');
  await rig.expectLines(['first']);
  fake.put(now - 30_000, 'late');
  fake.put(now - 10 * minute, 'too late');
  fake.put(now - 1000, 'of the same millisecond');
  await rig.expectLines(['first', 'late', 'of the same millisecond']);
  const asked = fake.queries.length;
  await expect.poll(() => fake.queries.length).toBeGreaterThan(asked + 3);
  await rig.expectLines(['first', 'late', 'of the same millisecond']);
});

it('reads a group whose events all come late', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  fake.put(now - 40 * minute, 'first');
  const rig = await start(fake, ', overlap: 1s');
  await rig.expectLines(['first']);
  // The clock has gone on; the group has not.
  await expect.poll(() => fake.queries.at(-1)!.endTime).toBeUndefined();
  fake.put(now - 39 * minute, 'second');
  await rig.expectLines(['first', 'second']);
});

it('is not taken along by an event that is ahead of time', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  fake.put(now - 5000, 'first');
  fake.put(now + 60 * minute, 'ahead');
  const rig = await start(fake, ', overlap: 10s');
  await rig.expectLines(['first', 'ahead']);
  fake.put(now - 4000, 'second');
  await rig.expectLines(['first', 'ahead', 'second']);
});

it('neither repeats nor loses an event over restarts', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  for (let i = 0; i < 20; i++) fake.put(now - 30_000 + i * 1000, `line ${i}`);
  const rig = await start(fake);
  const expected = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  await rig.expectLines(expected);
  await rig.stop();
  fake.put(now - 30_000, 'late');
  fake.put(now - 100, 'new');
  await start(fake, '', rig);
  expected.push('late', 'new');
  await rig.expectLines(expected);
  await rig.stop();
  await start(fake, '', rig);
  const asked = fake.queries.length;
  await expect.poll(() => fake.queries.length).toBeGreaterThan(asked + 1);
  await rig.expectLines(expected);
});

it('reads again after a restart what was not settled', async () => {
  const fake = await FakeCloudWatch.start();
  fake.pageSize = 2;
  const now = Date.now();
  for (let i = 0; i < 6; i++) fake.put(now - 6000 + i * 1000, `line ${i}`);
  const rig = new TargetRig();
  rig.sink.settlesAtOnce = false;
  await start(fake, '', rig);
  await expect.poll(() => rig.sink.lines).toHaveLength(6);
  for (const { entry, text } of rig.sink.received) if (text !== 'line 3') entry.ack.done(entry.lines);
  await rig.stop();
  rig.sink.received.length = 0;
  rig.sink.settlesAtOnce = true;
  await start(fake, '', rig);
  // Pages settle in order: that of line 3 and those behind it.
  await rig.expectLines(['line 2', 'line 3', 'line 4', 'line 5']);
});

it('begins where the first run began, when nothing had come before it ended', async () => {
  const fake = await FakeCloudWatch.start();
  const rig = new TargetRig();
  await start(fake, ', overlap: 0s', rig);
  await expect.poll(() => fake.queries.length).toBeGreaterThan(0);
  const first = rig.positions.get(key);
  await rig.stop();
  fake.put(Number(first) + 1, 'while away');
  await rig.start(cloudwatch, config(fake, ', overlap: 0s').replace('start_from: 1h', 'start_from: 0s'));
  await rig.expectLines(['while away']);
});

it('crosses a long time without events in strides that grow', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  const rig = new TargetRig();
  const days = 30 * 24 * 60;
  fake.put(now - minute, 'at last');
  await rig.start(cloudwatch, config(fake).replace('start_from: 1h', `start_from: ${days}m`));
  await rig.expectLines(['at last']);
  expect(fake.queries.length).toBeLessThan(20);
});

it('moves the position with what is settled', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  fake.put(now - 5000, 'a');
  const rig = await start(fake, ', overlap: 2s');
  await expect.poll(() => rig.positions.get(key)).toBe(String(now - 7000));
});

it.each([
  ['throttling', awsError('ThrottlingException'), 'throttled'],
  ['an overloaded service', awsError('ServiceUnavailableException', 503), 'refused'],
  ['a lack of rights', awsError('AccessDeniedException'), 'refused'],
])('tries again after %s, and tells it once', { timeout: 15_000 }, async (_, answer, reason) => {
  const fake = await FakeCloudWatch.start();
  fake.put(Date.now(), 'a');
  fake.refuse = () => (fake.queries.length < 3 ? answer : undefined);
  const rig = await start(fake);
  await rig.expectLines(['a'], { timeout: 12_000 });
  expect(rig.logged.map(({ msg }) => msg)).toEqual(['cannot read from CloudWatch Logs; trying again']);
  const failures = await rig.metric('auditail_cloudwatch_target_failures_total');
  expect(failures).toEqual({ [`/aws/eks/prod/cluster,${reason}`]: 2 });
});

it('asks for new credentials when the old ones are over', { timeout: 15_000 }, async () => {
  const fake = await FakeCloudWatch.start();
  fake.put(Date.now(), 'a');
  fake.refuse = (_, { headers }) =>
    headers.authorization?.includes('Credential=OLD/') ? awsError('ExpiredTokenException') : undefined;
  const rig = new TargetRig();
  rig.environment = { AWS_ACCESS_KEY_ID: 'OLD', AWS_SECRET_ACCESS_KEY: 's' };
  await rig.start(cloudwatch, config(fake).replace('access_key: AKID, secret_key: secret, ', ''));
  await expect.poll(() => fake.queries.length).toBeGreaterThan(0);
  rig.environment.AWS_ACCESS_KEY_ID = 'NEW';
  await rig.expectLines(['a']);
});

it('begins a stretch anew when a token is over', { timeout: 15_000 }, async () => {
  const fake = await FakeCloudWatch.start();
  fake.pageSize = 1;
  const now = Date.now();
  for (let i = 0; i < 3; i++) fake.put(now - 1000 + i, `line ${i}`);
  let isOver = true;
  fake.refuse = ({ nextToken }) => {
    if (nextToken === undefined || !isOver) return undefined;
    isOver = false;
    return awsError('InvalidParameterException');
  };
  const rig = await start(fake);
  await rig.expectLines(['line 0', 'line 1', 'line 2']);
});

it('relabels by stream, and settles what relabelling drops', async () => {
  const fake = await FakeCloudWatch.start();
  const now = Date.now();
  fake.put(now - 2000, 'kept', 'kube-apiserver-audit-abc');
  fake.put(now - 1000, 'dropped', 'kube-apiserver-audit-dropped');
  const rig = new TargetRig();
  const rules = `
- {source_labels: [__cloudwatch_log_stream], regex: .*dropped, action: drop}
- {source_labels: [__cloudwatch_log_stream], regex: kube-apiserver-audit-(.*), target_label: instance}
- {source_labels: [__cloudwatch_log_group], regex: /aws/eks/(.*)/cluster, target_label: cluster}
- {source_labels: [__cloudwatch_region], target_label: region}
`;
  await start(fake, ', overlap: 0s, labels: {job: kube-audit}', rig, rules);
  await expect.poll(() => rig.positions.get(key)).toBe(String(now - 1000));
  expect(rig.sink.received.map(({ text, labels }) => [text, labels])).toEqual([
    ['kept', '{cluster="prod", instance="abc", job="kube-audit", region="eu-west-1"}'],
  ]);
});

it('asks for a group of another account by its ARN, and with a pattern', async () => {
  const fake = await FakeCloudWatch.start();
  const arn = 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/eks/prod/cluster';
  const rig = new TargetRig();
  await rig.start(
    cloudwatch,
    config(fake, ', filter_pattern: "{ $.verb = delete }"').replace(
      'log_group: /aws/eks/prod/cluster',
      `log_group: "${arn}"`,
    ),
  );
  await expect.poll(() => fake.queries.length).toBeGreaterThan(0);
  expect(fake.queries[0]).toMatchObject({ logGroupIdentifier: arn, filterPattern: '{ $.verb = delete }' });
});

it('waits for room, and stops while it waits', async () => {
  const fake = await FakeCloudWatch.start();
  fake.pageSize = 1;
  fake.put(Date.now() - 2, 'a');
  fake.put(Date.now() - 1, 'b');
  const rig = new TargetRig();
  rig.sink.hold = new Promise(() => {});
  await start(fake, '', rig);
  await rig.expectLines(['a']);
  await rig.stop();
  expect(rig.sink.lines).toEqual(['a']);
});

it('does not start without a region', async () => {
  const fake = await FakeCloudWatch.start();
  const rig = new TargetRig();
  rig.environment = { HOME: '/nowhere' };
  const text = config(fake).replace('region: eu-west-1,', '');
  await expect(rig.start(cloudwatch, text)).rejects.toThrow('cloudwatch: no region');
});

it('tells what is wrong with its options', () => {
  const decode = (text: string) => () => decodeOptions(cloudwatch, text);
  expect(decode('{region: a}')).toThrow('log_group is required');
  expect(decode('{log_group: a, access_key: b}')).toThrow('access_key and secret_key go together');
  expect(decode('{log_group: a, access_key: b, secret_key: c, profile: d}')).toThrow('at most one of');
  expect(decode('{log_group: a, external_id: b}')).toThrow('external_id is for role_arn');
  expect(decode('{log_group: a, start_from: yesterday}')).toThrow('start_from: expected a time such as');
  expect(decode('{log_group: a, poll_interval: 0s}')).toThrow('poll_interval must be more than 0');
  expect(decode('{log_group: a, endpoint: logs}')).toThrow('endpoint: expected a URL');
  expect(decodeOptions(cloudwatch, '{log_group: a, start_from: 2025-01-02T03:04:05Z}')).toMatchObject({
    start_from: { atMs: Date.UTC(2025, 0, 2, 3, 4, 5) },
    poll_interval: 15_000,
    overlap: 120_000,
  });
});
