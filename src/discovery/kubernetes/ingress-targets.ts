import { type Labels, namespaceLabel, prefix } from './meta-names.js';
import type { Ingress } from './objects.js';
import { addNamespace, type FoundTargets, type Related } from './related.js';

/** One target for each path of each rule. */
export function ingressTargets({ metadata, spec }: Ingress, related: Related): FoundTargets {
  const { namespace = '' } = metadata;
  const labels: Labels = new Map([[namespaceLabel, namespace]]);
  if (spec.ingressClassName !== undefined) labels.set(`${prefix}ingress_class_name`, spec.ingressClassName);
  related.names.addMeta(labels, metadata, 'ingress');
  addNamespace(labels, namespace, related);

  const tlsHosts = (spec.tls ?? []).flatMap(({ hosts = [] }) => hosts);
  const targets = (spec.rules ?? []).flatMap(({ host = '', http }) => {
    const scheme = tlsHosts.some((pattern) => matchesHost(pattern, host)) ? 'https' : 'http';
    const paths = http === undefined ? ['/'] : (http.paths ?? []).map(({ path = '' }) => path || '/');
    return paths.map(
      (path) =>
        new Map([
          ['__address__', host],
          [`${prefix}ingress_scheme`, scheme],
          [`${prefix}ingress_host`, host],
          [`${prefix}ingress_path`, path],
        ]),
    );
  });
  return { labels, targets };
}

/** Equal, or equal but for a first part that is `*`. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  const [first, ...rest] = pattern.split('.');
  const [, ...hostRest] = host.split('.');
  return first === '*' && rest.length === hostRest.length && rest.join('.') === hostRest.join('.');
}
