import { hostPort, sanitized } from '../../relabel/meta-labels.js';
import { aggregatedStatus, type Check } from './aggregated-status.js';

/** An instance of a service, as the health API tells it. */
export interface Instance {
  readonly Node: {
    readonly Node: string;
    readonly Address: string;
    readonly Meta?: Readonly<Record<string, string>> | null;
    readonly TaggedAddresses?: Readonly<Record<string, string>> | null;
  };
  readonly Service: {
    readonly ID: string;
    readonly Address: string;
    readonly Port: number;
    readonly Tags?: readonly string[] | null;
    readonly Meta?: Readonly<Record<string, string>> | null;
    readonly Namespace?: string;
    readonly Partition?: string;
  };
  readonly Checks?: readonly Check[] | null;
}

const prefix = '__meta_consul_';

/** One instance is one target. */
export function serviceTarget(
  { Node: node, Service: service, Checks: checks }: Instance,
  separator: string,
): Map<string, string> {
  const port = String(service.Port);
  const target = new Map([
    ['__address__', hostPort(service.Address || node.Address, port)],
    [`${prefix}address`, node.Address],
    [`${prefix}node`, node.Node],
    [`${prefix}namespace`, service.Namespace ?? ''],
    [`${prefix}partition`, service.Partition ?? ''],
    // Separators on both sides, so that a rule need not care where a tag stands.
    [`${prefix}tags`, `${separator}${(service.Tags ?? []).join(separator)}${separator}`],
    [`${prefix}service_address`, service.Address],
    [`${prefix}service_port`, port],
    [`${prefix}service_id`, service.ID],
    [`${prefix}health`, aggregatedStatus(checks ?? [])],
  ]);
  const add = (kind: string, values: Readonly<Record<string, string>> | null | undefined) => {
    for (const [name, value] of Object.entries(values ?? {}))
      target.set(`${prefix}${kind}_${sanitized(name)}`, value);
  };
  add('metadata', node.Meta);
  add('service_metadata', service.Meta);
  add('tagged_address', node.TaggedAddresses);
  return target;
}
