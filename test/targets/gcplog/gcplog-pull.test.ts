import { createVerify, generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Connections } from '../../../src/http/connections.js';
import { plainHttp } from '../../../src/http/http-options.js';
import { gcplog } from '../../../src/targets/gcplog/gcplog-target.js';
import { GoogleLogin } from '../../../src/targets/gcplog/google-login.js';
import { Subscription } from '../../../src/targets/gcplog/subscription.js';
import { TargetRig } from '../../support/target-rig.js';
import { tempDir } from '../../support/temp-dir.js';
import { FakePubSub } from './fake-pubsub.js';

const config = 'project_id: p\nsubscription: s';

async function start(options = '', rules = '[]') {
  const pubsub = await FakePubSub.start();
  const rig = new TargetRig();
  rig.environment = { PUBSUB_EMULATOR_HOST: pubsub.address };
  await rig.start(gcplog, `${config}\n${options}`, rules);
  return { pubsub, rig };
}

const entry = (textPayload: string) => JSON.stringify({ logName: 'l', severity: 'INFO', textPayload });

it('acknowledges a message when it is settled, and holds it until then', async () => {
  const { pubsub, rig } = await start('labels: {job: gcp}', '[{action: labelmap, regex: __gcp_(.+)}]');
  rig.sink.settlesAtOnce = false;
  pubsub.publish(entry('one'), entry('two'));
  await rig.expectLines(['one', 'two']);
  expect(rig.sink.received[0]!.labels).toBe('{job="gcp", logname="l", severity="INFO"}');
  await expect.poll(() => pubsub.extended).toEqual([{ ackIds: expect.any(Array), ackDeadlineSeconds: 60 }]);
  const [one, two] = pubsub.extended[0]!.ackIds;
  rig.sink.received[1]!.entry.ack.done(1);
  await expect.poll(() => pubsub.acknowledged).toEqual([two]);
  rig.sink.received[0]!.entry.ack.done(1);
  await expect.poll(() => pubsub.acknowledged).toEqual([two, one]);
  expect(await rig.metric('promtail_gcplog_target_entries_total')).toEqual({ p: 2 });
});

it('gives back at its end what is not settled', async () => {
  const { pubsub, rig } = await start();
  rig.sink.settlesAtOnce = false;
  pubsub.publish(entry('one'), entry('two'));
  await rig.expectLines(['one', 'two']);
  rig.sink.received[0]!.entry.ack.done(1);
  await rig.stop();
  expect(pubsub.acknowledged).toHaveLength(1);
  expect(pubsub.extended.at(-1)).toEqual({ ackIds: [expect.stringContaining('two')], ackDeadlineSeconds: 0 });
});

it('acknowledges what rules drop, and sends what it cannot read as it came', async () => {
  const { pubsub, rig } = await start('', '[{source_labels: [__gcp_logname], regex: l, action: drop}]');
  pubsub.publish(entry('dropped'), 'not JSON');
  await rig.expectLines(['not JSON']);
  await expect.poll(() => pubsub.acknowledged.length).toBe(2);
  expect(await rig.metric('promtail_gcplog_target_parsing_errors_total')).toEqual({ p: 1 });
});

it('goes on after errors', { timeout: 15_000 }, async () => {
  const { pubsub, rig } = await start();
  pubsub.failures.push(503);
  pubsub.publish(entry('late'));
  await rig.expectLines(['late']);
});

it.each(['project_id: p', 'subscription: s', '{}'])('needs to know the subscription: %s', async (options) => {
  await expect(new TargetRig().start(gcplog, options)).rejects.toThrow(
    "'project_id' and 'subscription' are required",
  );
});

/** Pulls once as somebody whom this environment describes. */
async function pullAs(pubsub: FakePubSub, environment: Record<string, string>): Promise<void> {
  const connections = new Connections(plainHttp, {});
  const login = new GoogleLogin(connections, { HOME: '/nowhere', ...environment });
  const subscription = new Subscription(`http://${pubsub.address}`, 'projects/p/subscriptions/s', {
    connections,
    login,
  });
  pubsub.publish('x');
  try {
    await subscription.pull(1, AbortSignal.timeout(5000));
  } finally {
    await connections.close();
  }
}

it('logs in with the key of a service account', async () => {
  const pubsub = await FakePubSub.start();
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const file = join(tempDir(), 'key.json');
  const token_uri = `http://${pubsub.address}/token`;
  const credentials = {
    type: 'service_account',
    client_email: 'agent@p.iam.gserviceaccount.com',
    private_key_id: 'key-1',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri,
  };
  writeFileSync(file, JSON.stringify(credentials));
  await pullAs(pubsub, { GOOGLE_APPLICATION_CREDENTIALS: file });
  expect([...pubsub.authorizations]).toEqual(['Bearer token-1']);
  const form = new URLSearchParams(pubsub.logins[0]!.body);
  expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
  const [header, claims, signature] = form.get('assertion')!.split('.') as [string, string, string];
  const decoded = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as object;
  expect(decoded(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
  expect(decoded(claims)).toMatchObject({
    iss: 'agent@p.iam.gserviceaccount.com',
    scope: 'https://www.googleapis.com/auth/pubsub',
    aud: token_uri,
  });
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`);
  expect(verify.verify(publicKey, signature, 'base64url')).toBe(true);
});

it('logs in as a user of gcloud', async () => {
  const pubsub = await FakePubSub.start();
  const dir = tempDir();
  const user = { type: 'authorized_user', client_id: 'c', client_secret: 's', refresh_token: 'r' };
  const credentials = { ...user, token_uri: `http://${pubsub.address}/token` };
  writeFileSync(join(dir, 'application_default_credentials.json'), JSON.stringify(credentials));
  await pullAs(pubsub, { CLOUDSDK_CONFIG: dir });
  expect(pubsub.logins[0]!.body).toBe('grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=r');
});

it('logs in as the machine it runs on', async () => {
  const pubsub = await FakePubSub.start();
  await pullAs(pubsub, { GCE_METADATA_HOST: pubsub.address });
  expect(pubsub.logins).toEqual([
    {
      url: expect.stringMatching(
        /^\/computeMetadata\/v1\/instance\/service-accounts\/default\/token\?scopes=/,
      ),
      body: '',
      flavor: 'Google',
    },
  ]);
});

it('says which credentials it cannot use', async () => {
  const pubsub = await FakePubSub.start();
  await expect(pullAs(pubsub, { GOOGLE_APPLICATION_CREDENTIALS: '/nowhere.json' })).rejects.toThrow(
    'cannot read the credentials in /nowhere.json',
  );
  const file = join(tempDir(), 'key.json');
  writeFileSync(file, '{"type": "external_account"}');
  await expect(pullAs(pubsub, { GOOGLE_APPLICATION_CREDENTIALS: file })).rejects.toThrow(
    'credentials of type "external_account" are not supported',
  );
});
