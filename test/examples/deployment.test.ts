import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readExample, readText } from './read-example.js';

const auditDir = '/var/log/kubernetes/audit';

describe('the DaemonSet', () => {
  const daemonSet = readExample('daemonset.yaml').find(
    (object) => (object as { kind: string }).kind === 'DaemonSet',
  ) as DaemonSet;
  const pod = daemonSet.spec.template.spec;
  const container = pod.containers[0]!;

  it('runs on control-plane nodes only', () => {
    expect(pod.nodeSelector).toEqual({ 'node-role.kubernetes.io/control-plane': '' });
    expect(pod.tolerations.map(({ key }) => key)).toEqual(['node-role.kubernetes.io/control-plane']);
  });

  it('has no more rights than it needs', () => {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext.seccompProfile).toEqual({ type: 'RuntimeDefault' });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'], add: ['DAC_READ_SEARCH'] },
    });
  });

  it('mounts the directory of the log, to read only, and can write positions', () => {
    const mounts = Object.fromEntries(container.volumeMounts.map((mount) => [mount.name, mount]));
    expect(mounts['audit-log']).toMatchObject({ mountPath: auditDir, readOnly: true });
    expect(mounts.positions?.readOnly).toBeUndefined();
    const volumes = Object.fromEntries(pod.volumes.map((volume) => [volume.name, volume]));
    expect(volumes['audit-log']?.hostPath).toEqual({ path: auditDir, type: 'Directory' });
    expect(volumes.positions?.hostPath?.path).toBe('/var/lib/auditail');
  });

  it('sets what the config asks the environment for', () => {
    const names = container.env.map(({ name }) => name);
    expect(names).toEqual(['NODE_NAME', 'CLUSTER', 'LOKI_URL']);
    for (const file of ['kubernetes-audit.yaml', 'kubernetes-audit-large.yaml']) {
      for (const name of names) expect(readText(file)).toContain(`\${${name}:-`);
    }
    expect(container.args).toContain('-config.expand-env=true');
  });
});

describe('the kubeadm configuration', () => {
  const [cluster] = readExample('kubeadm/cluster-configuration.yaml') as [ClusterConfiguration];
  const { extraArgs, extraVolumes } = cluster.apiServer;
  const flags = Object.fromEntries(extraArgs.map(({ name, value }) => [name, value]));

  it('is of the version whose arguments are a list', () => {
    expect(cluster).toMatchObject({ apiVersion: 'kubeadm.k8s.io/v1beta4', kind: 'ClusterConfiguration' });
    for (const { value } of extraArgs) expect(value).toBeTypeOf('string');
  });

  it('keeps what the CIS benchmark asks for', () => {
    expect(Number(flags['audit-log-maxage'])).toBeGreaterThanOrEqual(30);
    expect(Number(flags['audit-log-maxbackup'])).toBeGreaterThanOrEqual(10);
    expect(Number(flags['audit-log-maxsize'])).toBeGreaterThanOrEqual(100);
  });

  it('mounts the directories of policy and log', () => {
    for (const [flag, readOnly] of [
      ['audit-policy-file', true],
      ['audit-log-path', false],
    ] as const) {
      const volume = extraVolumes.find(({ mountPath }) => flags[flag]?.startsWith(`${mountPath}/`));
      expect(volume).toMatchObject({ readOnly, pathType: expect.stringContaining('Directory') });
    }
    expect(flags['audit-log-path']).toBe(`${auditDir}/audit.log`);
  });
});

it('the systemd unit starts the agent with rights to read, and a place for positions', () => {
  const settings = readText('systemd/auditail.service')
    .split('\n')
    .filter((line) => /^\w+=/.test(line));
  expect(settings).toEqual(
    expect.arrayContaining([
      'DynamicUser=yes',
      'StateDirectory=auditail',
      'AmbientCapabilities=CAP_DAC_READ_SEARCH',
      'CapabilityBoundingSet=CAP_DAC_READ_SEARCH',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
    ]),
  );
});

it('the Lokis can take structured metadata', () => {
  const [laptop] = readExample('loki/loki.yaml') as [LokiConfig];
  const [{ loki: chart }] = readExample('loki/helm-values.yaml') as [
    { loki: { schemaConfig: LokiConfig['schema_config']; limits_config: LokiConfig['limits_config'] } },
  ];
  for (const schema of [laptop.schema_config, chart.schemaConfig]) {
    expect(schema.configs).toMatchObject([{ store: 'tsdb', schema: 'v13' }]);
  }
  expect(laptop.limits_config.allow_structured_metadata).toBe(true);
  expect(chart.limits_config.allow_structured_metadata).toBe(true);
});

it('the image runs the bundle as somebody who is not root', () => {
  const lines = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8').split('\n');
  expect(lines.at(-3)).toBe('ENTRYPOINT ["node", "/app/auditail.js"]');
  expect(lines.lastIndexOf('USER node')).toBeGreaterThan(lines.lastIndexOf('FROM node:24-slim'));
});

interface DaemonSet {
  spec: {
    template: {
      spec: {
        nodeSelector: object;
        tolerations: { key: string }[];
        automountServiceAccountToken: boolean;
        securityContext: { seccompProfile: object };
        containers: {
          args: string[];
          env: { name: string }[];
          securityContext: object;
          volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
        }[];
        volumes: { name: string; hostPath?: { path: string; type: string } }[];
      };
    };
  };
}

interface ClusterConfiguration {
  apiServer: {
    extraArgs: { name: string; value: string }[];
    extraVolumes: { mountPath: string; readOnly: boolean; pathType: string }[];
  };
}

interface LokiConfig {
  schema_config: { configs: { store: string; schema: string }[] };
  limits_config: { allow_structured_metadata: boolean };
}
