import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../fields/problems.js';
import { plainHttp } from '../../http/http-options.js';
import { plainTls } from '../../http/tls-options.js';
import { hostPort } from '../../relabel/meta-labels.js';
import type { ApiAccess } from './api-server.js';

/** Where a pod finds the account it runs as. */
export const serviceAccountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The API server of the cluster that the agent runs in, as its service account. The token is read anew for each request: it changes by the hour. */
export function inClusterAccess(
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): ApiAccess {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '' } = environment;
  if (host === '' || port === '') {
    throw new Error(
      'unable to load in-cluster configuration, KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined',
    );
  }
  return {
    url: new URL(`https://${hostPort(host, port)}`),
    http: {
      ...plainHttp,
      tls_config: { ...plainTls, ca_file: join(directory, 'ca.crt') },
      authorization: {
        type: 'Bearer',
        credentials: undefined,
        credentials_file: join(directory, 'token'),
        credentials_ref: undefined,
      },
    },
  };
}

/** The namespace that the agent's pod is in. */
export function ownNamespace(directory: string): string {
  try {
    const name = readFileSync(join(directory, 'namespace'), 'utf8');
    if (name !== '') return name;
  } catch (cause) {
    throw new ConfigError(`could not determine the pod's namespace: ${(cause as Error).message}`, { cause });
  }
  throw new ConfigError('could not read own namespace name (empty file)');
}
