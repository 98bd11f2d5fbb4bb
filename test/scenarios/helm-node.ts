import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addCluster } from '../discovery/kubernetes/cluster.js';
import { readText } from '../examples/read-example.js';
import type { FakeKubernetes } from '../support/fake-kubernetes.js';

/** A stream as it arrived, with the folder of the node's logs cut off the file's name. */
export interface ArrivedStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
}

/** The pods of a node, on the API server and as the files that a kubelet keeps for them in `directory`. */
export function addNode(server: FakeKubernetes, directory: string): void {
  addCluster(server);
  for (const name of files) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(
      path,
      `2026-01-02T03:04:05.000000006Z stdout F ${name}\n2026-01-02T03:04:06Z stderr P cut\n`,
    );
  }
}

/** The example, for this node: its API server, logs, Loki and port are elsewhere, and nothing else is changed. */
export function helmConfig({ apiServer, logs, loki, positions, port }: HelmNode): string {
  return readText('helm-default.yaml')
    .replace('      - role: pod\n', `      - role: pod\n        api_server: ${apiServer}\n`)
    .replaceAll('/var/log/pods', logs)
    .replace('http://loki-gateway/loki/api/v1/push', loki)
    .replace('/run/promtail/positions.yaml', positions)
    .replace('http_listen_port: 3101', `http_listen_port: ${port}\n  grpc_listen_port: 0`);
}

export interface HelmNode {
  readonly apiServer: string;
  readonly logs: string;
  readonly loki: string;
  readonly positions: string;
  readonly port: number;
}

export function arrived(
  streams: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly entries: readonly { readonly line: string }[];
  }[],
  directory: string,
): ArrivedStream[] {
  return streams
    .map(({ labels, entries }) => ({
      labels: Object.fromEntries(
        Object.entries(labels)
          .map(([name, value]) => [name, name === 'filename' ? value.replace(`${directory}/`, '') : value])
          .sort(),
      ),
      lines: entries.map(({ line }) => line),
    }))
    .sort((a, b) => (JSON.stringify(a.labels) < JSON.stringify(b.labels) ? -1 : 1));
}

const uid = '00000000-0000-4000-8000-';

const files = [
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/web/0.log`,
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/web/1.log`,
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/web/1.log.20260102-030000`,
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/web/1.log.20260101-030000.gz`,
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/sidecar/0.log`,
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/plain/0.log`,
  `shop_web-7d9c6b8f54-abcde_${uid}web-7d9c6b8f54-abcde/prepare/0.log`,
  `shop_web-v6_${uid}web-v6/web/0.log`,
  `jobs_report-28903-x1_${uid}report-28903-x1/main/0.log`,
  `jobs_once-x1_${uid}once-x1/main/3.log`,
  'kube-system_kube-apiserver-node-1_2f0a8c7f0a5d4b0e9f0c2b7e6d1c3a58/main/0.log',
  // Of pods that are starting, elsewhere and gone.
  `shop_starting_${uid}starting/main/0.log`,
  `shop_elsewhere_${uid}elsewhere/main/0.log`,
  `shop_gone_${uid}gone/main/0.log`,
];
