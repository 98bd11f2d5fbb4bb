import type { FakeConsul } from '../../support/fake-consul.js';

/** A few services with one of everything that labels are made of. */
export function addServices(consul: FakeConsul): void {
  consul.register({
    ID: 'web-1',
    Service: 'web',
    Address: '',
    Port: 8080,
    Tags: ['v1', 'blue'],
    Meta: { 'team-name': 'shop', version: '1' },
    TaggedAddresses: { lan_ipv4: { Address: '10.0.0.1', Port: 8080 }, v6: { Address: 'fc00::1', Port: 80 } },
    checks: [
      { CheckID: 'serfHealth', Status: 'passing' },
      { CheckID: 'service:web-1', Status: 'warning' },
    ],
  });
  consul.register({ ID: 'web-2', Service: 'web', Address: 'fc00::2', Port: 8081, Tags: ['v2'] });
  consul.register({
    ID: 'db',
    Service: 'db',
    Address: 'db.local',
    Port: 5432,
    checks: [
      { CheckID: '_node_maintenance', Status: 'critical' },
      { CheckID: 'x', Status: 'passing' },
    ],
  });
  consul.register({
    ID: 'odd',
    Service: 'odd',
    Address: '',
    Port: 0,
    Tags: ['v1'],
    checks: [{ CheckID: 'x', Status: 'critical' }],
  });
}

/** Items of `consul_sd_configs` and `consulagent_sd_configs`, by what they show. */
export const consulCases: Readonly<Record<string, { readonly key: string; readonly item: object }>> = {
  'all services': { key: 'consul_sd_configs', item: {} },
  'services by name': { key: 'consul_sd_configs', item: { services: ['db', 'gone'] } },
  'services by tag': { key: 'consul_sd_configs', item: { tags: ['v1'], tag_separator: '|' } },
  'all services of an agent': { key: 'consulagent_sd_configs', item: {} },
  'services of an agent by name and tag': {
    key: 'consulagent_sd_configs',
    item: { services: ['web'], tags: ['v1'], tag_separator: '|' },
  },
};
