import type { FakeObject } from '../../support/fake-kubernetes.js';

/** A pod such as an operator's: three containers, twenty labels and annotations, 7 kB of JSON of which most is not wanted. */
export function bigPod(index: number, round: number): FakeObject {
  const name = `service-${index % 400}-7d9c6b8f54-${index.toString(36).padStart(5, 'x')}`;
  const ip = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  const containers = ['main', 'proxy', 'metrics'].map((container) => ({
    name: container,
    image: `registry.example.com/team-${index % 40}/${container}:1.${index % 100}.0`,
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: Array.from({ length: 12 }, (_, i) => ({ name: `SETTING_${i}`, value: `value of ${i} in ${name}` })),
    resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
    volumeMounts: [{ name: 'token', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }],
  }));
  return {
    metadata: {
      name,
      namespace: `team-${index % 40}`,
      uid: `8c5f3a1e-0b7d-4c61-9a52-${index.toString(16).padStart(12, '0')}`,
      labels: Object.fromEntries(
        ['name', 'instance', 'version', 'component', 'part-of', 'managed-by', 'tier', 'zone'].map((label) => [
          `app.kubernetes.io/${label}`,
          `${label}-${index % 400}`,
        ]),
      ),
      annotations: Object.fromEntries(
        Array.from({ length: 12 }, (_, i) => [`example.com/annotation-${i}`, `annotation ${i} of ${name}`]),
      ),
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: name.slice(0, -6),
          uid: `rs-${index}`,
          controller: true,
        },
      ],
      managedFields: [
        {
          manager: 'kube-controller-manager',
          operation: 'Update',
          fieldsV1: Object.fromEntries(
            Array.from({ length: 30 }, (_, i) => [`f:field-of-the-manager-${i}`, { '.': {}, 'f:x': {} }]),
          ),
        },
      ],
    },
    spec: { nodeName: 'node-1', containers },
    status: {
      phase: 'Running',
      podIP: ip,
      hostIP: '192.0.2.1',
      message: `round ${round}`,
      conditions: [
        { type: 'Initialized', status: 'True' },
        { type: 'Ready', status: round % 2 === 0 ? 'True' : 'False' },
      ],
      containerStatuses: containers.map(({ name: container }) => ({
        name: container,
        containerID: `containerd://${index.toString(16).padStart(64, container.slice(0, 1))}`,
      })),
    },
  };
}
