import { dirname, join } from 'node:path';

/** What of the agent's config a fault may want otherwise. */
export interface RigConfig {
  /** Laid over the client. */
  readonly client?: object;
  readonly stages?: readonly object[];
  /** Where lines come from, when that is not the log. */
  readonly job?: object;
  /** In front of the stages. */
  readonly firstStages?: readonly object[];
  /** Whether what cannot be read again goes by a queue on the disk. */
  readonly isQueued?: boolean;
  readonly serverOptions?: object;
  readonly positions?: object;
  /** Behind the stages. */
  readonly extraStage?: object;
  /** One more job. */
  readonly otherJob?: object;
  /** What it does not say is as in the first one. */
  readonly secondClient?: object;
  /** Behind the path of the log: `*` matches the rotated files too. */
  readonly pathEnd?: string;
}

/** The time and the labels that the event itself tells, so that a line sent twice is one line to Loki. */
export const auditStages: readonly object[] = [
  {
    json: {
      expressions: { time: 'stageTimestamp', verb: 'verb', code: 'responseStatus.code', id: 'auditID' },
    },
  },
  { timestamp: { source: 'time', format: 'RFC3339Nano' } },
  { labels: { verb: '', code: '' } },
  { structured_metadata: { id: '' } },
];

/** A config as for production, but with all waits short. */
export function configOf(
  {
    client,
    stages = auditStages,
    job,
    firstStages = [],
    isQueued = false,
    serverOptions,
    positions,
    extraStage,
    otherJob,
    secondClient,
    pathEnd = '',
  }: RigConfig,
  { port, log, positionsFile, url }: { port: number; log: string; positionsFile: string; url: string },
): object {
  const firstClient = {
    url: `${url}/loki/api/v1/push`,
    batchwait: '50ms',
    batchsize: 65_536,
    timeout: '2s',
    backoff_config: { min_period: '20ms', max_period: '200ms' },
    ...client,
  };
  return {
    server: {
      http_listen_address: '127.0.0.1',
      http_listen_port: port,
      grpc_listen_port: 0,
      graceful_shutdown_timeout: '3s',
      enable_runtime_reload: true,
      ...serverOptions,
    },
    positions: { filename: positionsFile, sync_period: '100ms', ...positions },
    clients: [firstClient, ...(secondClient === undefined ? [] : [{ ...firstClient, ...secondClient }])],
    ...(isQueued && { wal: { enabled: true, dir: join(dirname(positionsFile), 'wal') } }),
    target_config: { sync_period: '500ms' },
    scrape_configs: [
      {
        job_name: 'audit',
        ...(job ?? {
          static_configs: [{ labels: { job: 'audit', instance: 'a', __path__: log + pathEnd } }],
        }),
        pipeline_stages: [...firstStages, ...stages, ...(extraStage === undefined ? [] : [extraStage])],
      },
      ...(otherJob === undefined ? [] : [otherJob]),
    ],
  };
}
