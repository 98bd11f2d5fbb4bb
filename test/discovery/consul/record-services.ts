import { writeFileSync } from 'node:fs';
import { FakeConsul } from '../../support/fake-consul.js';
import { recordTargets } from '../record-targets.js';
import { addServices, consulCases } from './services.js';

// Records what Promtail finds in the Consul of the tests: `npx tsx test/discovery/consul/record-services.ts <promtail>`.

const recorded: Record<string, Record<string, string>[]> = {};
for (const [name, { key, item }] of Object.entries(consulCases)) {
  const consul = await new FakeConsul().start();
  addServices(consul);
  const discovery = { [key]: [{ ...item, server: consul.address }] };
  recorded[name] = await recordTargets(process.argv[2]!, discovery, '__meta_(?:consul|consulagent)_(.+)');
  await consul.close();
  console.log(name, recorded[name].length);
}
writeFileSync(
  new URL('fixtures/promtail-targets.json', import.meta.url),
  `${JSON.stringify(recorded, undefined, 2)}\n`,
);
