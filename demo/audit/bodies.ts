/** Objects as requests and answers carry them, short but of the right shape. */
import type { Pod } from './cast.js';

const created = '2026-03-01T22:14:07Z';

export function nodeStatusPatch(node: string): object {
  const condition = (type: string, status: string, reason: string, message: string) => ({
    lastHeartbeatTime: created,
    message,
    reason,
    status,
    type,
  });
  return {
    metadata: {
      annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      name: node,
    },
    status: {
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
    },
  };
}

export function podStatusPatch(pod: Pod, uid: string): object {
  return {
    metadata: { uid },
    status: {
      '$setElementOrder/conditions': [{ type: 'Ready' }, { type: 'ContainersReady' }],
      conditions: [
        { lastTransitionTime: created, message: null, reason: null, status: 'True', type: 'Ready' },
        { lastTransitionTime: created, message: null, reason: null, status: 'True', type: 'ContainersReady' },
      ],
      containerStatuses: [
        {
          containerID: `containerd://${uid.replaceAll('-', '')}`,
          image: `registry.example.org/${pod.namespace}/${pod.app}:2.8.1`,
          name: pod.app,
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: created } },
        },
      ],
    },
  };
}

export function deploymentPatch(app: string): object {
  const annotations = {
    'kubectl.kubernetes.io/last-applied-configuration': `${JSON.stringify({ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 4 } })}\n`,
  };
  return {
    metadata: { annotations },
    spec: {
      template: {
        spec: {
          containers: [
            { args: ['--cache=<none>', '--tags=a&b'], image: `registry.example.org/${app}:2.8.2`, name: app },
          ],
        },
      },
    },
  };
}

export function deployment(namespace: string, app: string, uid: string): object {
  return {
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: {
      name: app,
      namespace,
      uid,
      resourceVersion: '90211',
      generation: 7,
      creationTimestamp: created,
    },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app } },
      template: podTemplate(app),
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: 6,
      replicas: 4,
      updatedReplicas: 4,
      readyReplicas: 4,
      availableReplicas: 4,
    },
  };
}

export function pod({ namespace, name, app, node }: Pod): object {
  const { metadata, spec } = podTemplate(app);
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { ...metadata, name, namespace, generateName: `${name.slice(0, -5)}` },
    spec: { ...spec, nodeName: node },
    status: {},
  };
}

export function roleBinding(namespace: string, name: string, uid?: string): object {
  const stored = uid !== undefined && { uid, resourceVersion: '90210', creationTimestamp: created };
  return {
    kind: 'RoleBinding',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: { name, namespace, ...stored },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'visitor' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
  };
}

function podTemplate(app: string) {
  return {
    metadata: { labels: { app } },
    spec: {
      containers: [
        {
          name: app,
          image: `registry.example.org/${app}:2.8.1`,
          ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
          env: [{ name: 'GREETING', value: 'grüezi <b>&</b>' }],
          resources: { limits: { cpu: '1', memory: '512Mi' }, requests: { cpu: '100m', memory: '256Mi' } },
          readinessProbe: { httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' }, periodSeconds: 10 },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          terminationMessagePath: '/dev/termination-log',
          imagePullPolicy: 'IfNotPresent',
        },
      ],
      restartPolicy: 'Always',
      serviceAccountName: app,
      schedulerName: 'default-scheduler',
    },
  };
}
