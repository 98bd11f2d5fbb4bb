import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { AwsHttp } from '../../src/aws/aws-http.js';
import { type AwsLogin, CredentialChain, findRegion } from '../../src/aws/credential-chain.js';
import { endpointOf } from '../../src/aws/endpoint.js';
import { Secret } from '../../src/fields/secret.js';
import { type FakeAnswer, type FakeRequest, serve } from '../support/fake-server.js';
import { tempDir } from '../support/temp-dir.js';

const noLogin: AwsLogin = {
  access_key: '',
  secret_key: undefined,
  profile: '',
  role_arn: '',
  external_id: '',
};
const expiration = '2030-01-01T00:00:00Z';
/** Nothing is found in the files, nor on the machine. */
const nothing = { AWS_EC2_METADATA_DISABLED: 'true', HOME: '/nowhere' };

function find(environment: Record<string, string>, login: Partial<AwsLogin> = {}) {
  const http = new AwsHttp(environment);
  onTestFinished(() => http.close());
  const deps = { http, region: 'eu-west-1', environment, now: Date.now };
  return new CredentialChain({ ...noLogin, ...login }, deps).get(AbortSignal.timeout(10_000));
}

/** AWS's shared files in a home of their own. */
function home(files: { config?: string; credentials?: string }): { HOME: string } {
  const directory = tempDir();
  mkdirSync(join(directory, '.aws'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, '.aws', name), text);
  return { HOME: directory };
}

function file(text: string): string {
  const path = join(tempDir(), 'token');
  writeFileSync(path, text);
  return path;
}

async function serveSts() {
  const calls: { parameters: Record<string, string>; request: FakeRequest }[] = [];
  const url = await serve((request): FakeAnswer => {
    const parameters = Object.fromEntries(new URLSearchParams(request.body));
    calls.push({ parameters, request });
    if (parameters.WebIdentityToken === 'expired')
      return {
        status: 400,
        body: '<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredTokenException</Code><Message>Token &quot;x&quot; expired</Message></Error></ErrorResponse>',
      };
    const { Action: action } = parameters;
    return {
      status: 200,
      body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials>
        <AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>made</SecretAccessKey>
        <SessionToken>session</SessionToken><Expiration>${expiration}</Expiration></Credentials></${action}Result></${action}Response>`,
    };
  });
  return { calls, url };
}

const made = {
  accessKeyId: 'ASIA',
  secretAccessKey: 'made',
  sessionToken: 'session',
  expiresAtMs: Date.parse(expiration),
};

it('takes keys of the config first', async () => {
  const environment = { ...nothing, AWS_ACCESS_KEY_ID: 'env', AWS_SECRET_ACCESS_KEY: 'env' };
  const login = { access_key: 'AKID', secret_key: new Secret('secret') };
  expect(await find(environment, login)).toEqual({ accessKeyId: 'AKID', secretAccessKey: 'secret' });
});

it('takes keys of the environment', async () => {
  const environment = {
    ...nothing,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: 't',
  };
  expect(await find(environment)).toEqual({
    accessKeyId: 'AKID',
    secretAccessKey: 'secret',
    sessionToken: 't',
  });
});

it('makes credentials of the token of a service account', async () => {
  const sts = await serveSts();
  const environment = {
    ...nothing,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/reader',
    AWS_WEB_IDENTITY_TOKEN_FILE: file('jwt\n'),
    AWS_ROLE_SESSION_NAME: 'me',
  };
  expect(await find(environment)).toEqual(made);
  expect(sts.calls[0]!.parameters).toEqual({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: 'arn:aws:iam::1:role/reader',
    RoleSessionName: 'me',
    WebIdentityToken: 'jwt',
  });
  expect(sts.calls[0]!.request.headers).not.toHaveProperty('authorization');
});

it('tells what STS says about a token', async () => {
  const sts = await serveSts();
  const environment = {
    ...nothing,
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_ROLE_ARN: 'a',
    AWS_WEB_IDENTITY_TOKEN_FILE: file('expired'),
  };
  await expect(find(environment)).rejects.toThrow('ExpiredTokenException: Token "x" expired');
});

it('takes the default profile, and a named one of which both files tell', async () => {
  const files = home({
    config: '[default]\nregion = a\n\n[profile named]\nregion=eu-central-1\naws_access_key_id = config\n',
    credentials: `# mine
[default]
aws_access_key_id = AKID
aws_secret_access_key = secret ; kept safe
[named]
aws_access_key_id = named
aws_secret_access_key = a=b
aws_session_token = t
`,
  });
  const keys = { accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: undefined };
  expect(await find({ ...nothing, ...files })).toEqual(keys);
  const named = { accessKeyId: 'named', secretAccessKey: 'a=b', sessionToken: 't' };
  expect(await find({ ...nothing, ...files, AWS_PROFILE: 'named' })).toEqual(named);
  expect(await find({ ...nothing, ...files }, { profile: 'named' })).toEqual(named);
});

it('assumes the role of a profile with another profile, with its own keys, or with a token', async () => {
  const sts = await serveSts();
  const files = home({
    config: `[profile role]
role_arn = arn:role
source_profile = keys
external_id = ext
[profile self]
role_arn = arn:self
source_profile = self
aws_access_key_id = SELF
aws_secret_access_key = s
[profile token]
role_arn = arn:token
web_identity_token_file = ${file('jwt')}
[profile machine]
role_arn = arn:machine
credential_source = Environment
`,
    credentials: '[keys]\naws_access_key_id = KEYS\naws_secret_access_key = s\n',
  });
  const environment = { ...nothing, ...files, AWS_ENDPOINT_URL_STS: sts.url };
  expect(await find(environment, { profile: 'role' })).toEqual(made);
  expect(await find(environment, { profile: 'self' })).toEqual(made);
  expect(await find(environment, { profile: 'token' })).toEqual(made);
  const keys = { AWS_ACCESS_KEY_ID: 'ENV', AWS_SECRET_ACCESS_KEY: 's' };
  expect(await find({ ...environment, ...keys }, { profile: 'machine' })).toEqual(made);
  const asked = sts.calls.map(({ parameters, request }) => [
    parameters.RoleArn,
    parameters.ExternalId,
    /Credential=(\w+)\/\d+\/eu-west-1\/sts\//.exec(request.headers.authorization ?? '')?.[1],
  ]);
  expect(asked).toEqual([
    ['arn:role', 'ext', 'KEYS'],
    ['arn:self', undefined, 'SELF'],
    ['arn:token', undefined, undefined],
    ['arn:machine', undefined, 'ENV'],
  ]);
});

it.each([
  ['a profile that there is not', '', 'there is no AWS profile p'],
  ['one without anything', '[profile p]\nregion = a\n', 'AWS profile p has no credentials'],
  [
    'one that runs a command',
    '[profile p]\ncredential_process = x\n',
    'credential_process, which is not supported',
  ],
  ['a role from nowhere', '[profile p]\nrole_arn = a\n', 'no source_profile or credential_source'],
  [
    'a role from an unknown source',
    '[profile p]\nrole_arn = a\ncredential_source = X\n',
    'unknown credential_source: X',
  ],
  [
    'profiles that refer to each other',
    '[profile p]\nrole_arn = a\nsource_profile = q\n[profile q]\nrole_arn = b\nsource_profile = p\n',
    'p → q → p',
  ],
])('refuses %s', async (_, config, message) => {
  await expect(find({ ...nothing, ...home({ config }) }, { profile: 'p' })).rejects.toThrow(message);
});

it('turns what it finds into the role of the config', async () => {
  const sts = await serveSts();
  const environment = {
    ...nothing,
    AWS_ACCESS_KEY_ID: 'AKID',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_ENDPOINT_URL_STS: sts.url,
  };
  expect(await find(environment, { role_arn: 'arn:role', external_id: 'ext' })).toEqual(made);
  expect(sts.calls[0]!.parameters).toMatchObject({
    Action: 'AssumeRole',
    RoleArn: 'arn:role',
    ExternalId: 'ext',
  });
});

it("asks for the container's credentials, with a token that is renewed", async () => {
  const tokenFile = file('first\n');
  const url = await serve(({ headers }) => ({
    status: 200,
    body: {
      AccessKeyId: headers.authorization,
      SecretAccessKey: 's',
      Token: 't',
      Expiration: expiration,
    },
  }));
  const environment = {
    ...nothing,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
  };
  expect(await find(environment)).toMatchObject({
    accessKeyId: 'first',
    expiresAtMs: Date.parse(expiration),
  });
  writeFileSync(tokenFile, 'second');
  expect(await find(environment)).toMatchObject({ accessKeyId: 'second' });
});

it('sends no token to a strange host without TLS', async () => {
  const environment = { ...nothing, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://example.com/' };
  await expect(find(environment)).rejects.toThrow('wants credentials from example.com without TLS');
});

it("asks for the machine's credentials, with a session", async () => {
  const url = await serve(({ method, url: { pathname }, headers }) => {
    if (method === 'PUT' && pathname === '/latest/api/token') {
      const isAsked = headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined;
      return isAsked ? { status: 200, body: 'session' } : { status: 400 };
    }
    if (headers['x-aws-ec2-metadata-token'] !== 'session') return { status: 401 };
    const base = '/latest/meta-data/iam/security-credentials/';
    if (pathname === base) return { status: 200, body: 'reader\n' };
    if (pathname !== `${base}reader`) return { status: 404 };
    const keys = { AccessKeyId: 'AKID', SecretAccessKey: 's', Token: 't', Expiration: expiration };
    return { status: 200, body: { Code: 'Success', ...keys } };
  });
  const environment = { HOME: '/nowhere', AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
  expect(await find(environment)).toEqual({
    accessKeyId: 'AKID',
    secretAccessKey: 's',
    sessionToken: 't',
    expiresAtMs: Date.parse(expiration),
  });
});

it('says where it has looked when there are none', async () => {
  const url = await serve(() => ({ status: 404 }));
  expect(await find(nothing)).toBeUndefined();
  const environment = { HOME: '/nowhere', AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
  await expect(find(environment)).rejects.toThrow(
    'no AWS credentials in the config, the environment, a profile or a container, and no EC2 instance',
  );
});

it('finds the region', async () => {
  const files = home({ config: '[default]\nregion = from-default\n[profile p]\nregion = from-p\n' });
  expect(await findRegion('own', '', { AWS_REGION: 'env' })).toBe('own');
  expect(await findRegion('', '', { AWS_REGION: 'env', AWS_DEFAULT_REGION: 'other' })).toBe('env');
  expect(await findRegion('', '', { AWS_DEFAULT_REGION: 'other' })).toBe('other');
  expect(await findRegion('', '', files)).toBe('from-default');
  expect(await findRegion('', 'p', files)).toBe('from-p');
  expect(await findRegion('', '', nothing)).toBeUndefined();
});

it('finds the endpoint of a service', () => {
  const of = (region: string, environment: Record<string, string>) =>
    endpointOf('logs', 'CLOUDWATCH_LOGS', region, environment).href;
  expect(of('eu-west-1', {})).toBe('https://logs.eu-west-1.amazonaws.com/');
  expect(of('cn-north-1', {})).toBe('https://logs.cn-north-1.amazonaws.com.cn/');
  expect(of('eu-west-1', { AWS_ENDPOINT_URL: 'http://all' })).toBe('http://all/');
  expect(
    of('eu-west-1', { AWS_ENDPOINT_URL: 'http://all', AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: 'http://own' }),
  ).toBe('http://own/');
});
