import { labelName } from '../fields/label-name.js';
import { text } from '../fields/scalars.js';
import { listOf, mapOf, optional, struct, type Value, withDefault } from '../fields/schema.js';
import type { DiscoveryKind, TargetGroup } from './discoverer.js';

/** `{targets: [...], labels: {...}}`, as in static_configs and in the files of file_sd_configs. */
export const targetGroup = struct({
  targets: withDefault(listOf(text), []),
  labels: withDefault(mapOf(text, labelName), new Map<string, string>()),
});

/** `static_configs`: the targets are the ones that are written down. */
export const staticConfigs: DiscoveryKind<Value<typeof targetGroup>[]> = {
  name: 'static_configs',
  field: optional(listOf(targetGroup)),
  build: (groups) => [
    {
      errors: [],
      start: (publish) => publish(groups.map((group, index) => toTargetGroup(String(index), group))),
      stop: async () => {},
    },
  ],
};

/** A group without targets has one, as in Promtail: only its labels matter to files. */
export function toTargetGroup(source: string, group: Value<typeof targetGroup>): TargetGroup {
  const addresses = group.targets.length === 0 ? ['localhost'] : group.targets;
  return {
    source,
    labels: group.labels,
    targets: addresses.map((address) => new Map([['__address__', address]])),
  };
}
