import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { candidateNames, parseResolvConf } from '../../../src/discovery/dns/resolv-conf.js';
import { DnsDiscovery, dnsConfigs } from '../../../src/discovery/dns.js';
import { parseConfigText } from '../../../src/fields/node.js';
import { Problems } from '../../../src/fields/problems.js';
import { FakeDns } from '../../support/fake-dns.js';
import { recordedLog } from '../../support/recorded-log.js';
import { tempDir } from '../../support/temp-dir.js';
import { Found } from '../found.js';

const wait = { timeout: 20_000, interval: 20 };

function readOptions(yaml: string) {
  const problems = new Problems('config');
  const options = dnsConfigs.field.decode(parseConfigText(`[${yaml}]`, problems), problems)!;
  problems.throwIfAny();
  return options;
}

async function startDns(...records: string[]): Promise<FakeDns> {
  const dns = await new FakeDns().start();
  onTestFinished(() => dns.close());
  for (const record of records) dns.add(record);
  return dns;
}

function start(yaml: string, dns: FakeDns, rest = '') {
  const resolvConf = join(tempDir(), 'resolv.conf');
  writeFileSync(resolvConf, `# resolv.conf\nnameserver ${dns.address}\n${rest}`);
  const { log, lines } = recordedLog();
  const found = new Found(/^__meta_dns_/);
  const discoverer = new DnsDiscovery(readOptions(yaml)[0]!, { log }, resolvConf);
  discoverer.start(found.publish);
  onTestFinished(() => discoverer.stop());
  return { found, lines, discoverer };
}

it.each([
  [
    '{names: [_web._tcp.example]}',
    '_web._tcp.example SRV 1 2 8080 a.example',
    { address: 'a.example:8080', srv_record_target: 'a.example.', srv_record_port: '8080' },
  ],
  ['{names: [h.example], type: A, port: 9}', 'h.example A 10.0.0.1', { address: '10.0.0.1:9' }],
  [
    '{names: [h.example], type: aaaa, port: 9}',
    'h.example AAAA fc00:0000:0000:0000:0000:0000:0000:0001',
    { address: '[fc00::1]:9' },
  ],
  [
    '{names: [h.example], type: MX, port: 25}',
    'h.example MX 10 mail.example',
    { address: 'mail.example:25', mx_record_target: 'mail.example.' },
  ],
  [
    '{names: [h.example], type: NS, port: 53}',
    'h.example NS ns.example',
    { address: 'ns.example:53', ns_record_target: 'ns.example.' },
  ],
])('looks up %s', async (yaml, record, expected) => {
  const { found } = start(yaml, await startDns(record));
  const name = record.split(' ')[0]!;
  await vi.waitFor(() => expect(found.distinct).toEqual([{ ...expected, name }]), wait);
});

it('follows changes, and keeps what it knows when the server fails', async () => {
  const dns = await startDns('h.example A 10.0.0.1');
  const yaml = '{names: [h.example], type: A, port: 9, refresh_interval: 20ms}';
  const { found, lines, discoverer } = start(yaml, dns);
  await vi.waitFor(() => expect(found.values('address')).toEqual(['10.0.0.1:9']), wait);
  dns.failure = 2;
  await vi.waitFor(() => expect(JSON.stringify(lines)).toContain('could not resolve'), wait);
  expect(found.values('address')).toEqual(['10.0.0.1:9']);
  expect(discoverer.errors).toEqual([expect.stringContaining('could not resolve')]);
  dns.failure = undefined;
  dns.add('h.example A 10.0.0.2');
  await vi.waitFor(() => expect(found.values('address')).toEqual(['10.0.0.1:9', '10.0.0.2:9']), wait);
  expect(discoverer.errors).toEqual([]);
  dns.clear();
  await vi.waitFor(() => expect(found.targets).toEqual([]), wait);
});

it('tries the domains of resolv.conf until one knows the name', async () => {
  const dns = await startDns('web.two.example A 10.0.0.1');
  const { found } = start('{names: [web], type: A, port: 9}', dns, 'search one.example two.example');
  await vi.waitFor(() => expect(found.values('address')).toEqual(['10.0.0.1:9']), wait);
  expect(dns.questions).toEqual(['web.one.example', 'web.two.example']);
});

it('takes a name without such records for an answer', async () => {
  const dns = await startDns('web.one.example AAAA fc000000000000000000000000000001', 'web A 10.0.0.1');
  const { lines, discoverer } = start('{names: [web], type: A, port: 9}', dns, 'search one.example');
  await vi.waitFor(() => expect(dns.questions).toEqual(['web.one.example']), wait);
  await discoverer.stop();
  expect(lines).toEqual([]);
});

it('reads resolv.conf', () => {
  const config = parseResolvConf('domain a.\noptions rotate ndots:2\nnameserver ::1 \n;x\nsearch b c. .\n');
  expect(config).toEqual({ servers: ['::1'], search: ['b', 'c.'], ndots: 2 });
  expect(candidateNames('x', config)).toEqual(['x.b', 'x.c', 'x']);
  expect(candidateNames('x.y', config)).toEqual(['x.y.b', 'x.y.c', 'x.y']);
  expect(candidateNames('x.y.z', config)).toEqual(['x.y.z', 'x.y.z.b', 'x.y.z.c']);
  expect(candidateNames('x.', config)).toEqual(['x']);
  expect(parseResolvConf('').servers).toEqual(['127.0.0.1']);
});

it.each([
  ['{}', 'must contain at least one SRV record name'],
  ['{names: [a], type: A}', 'a port is required'],
  ['{names: [a], type: TXT}', 'invalid DNS-SD records type TXT'],
])('refuses %s', (yaml, message) => {
  expect(() => readOptions(yaml)).toThrow(message);
});
