import { AwsError } from '../../aws/aws-error.js';
import { AwsHttp } from '../../aws/aws-http.js';
import { CredentialChain, findRegion } from '../../aws/credential-chain.js';
import { RememberedCredentials } from '../../aws/credentials.js';
import { endpointOf } from '../../aws/endpoint.js';
import { JsonService } from '../../aws/json-service.js';
import { optional } from '../../fields/schema.js';
import { sleep } from '../../http/sleep.js';
import { type CloudwatchMetrics, cloudwatchMetrics } from '../../metrics/cloudwatch-metrics.js';
import type { Target, TargetDeps, TargetKind } from '../target.js';
import { Checkpoint } from './checkpoint.js';
import { type CloudwatchOptions, cloudwatchOptions } from './cloudwatch-options.js';
import { GroupReader } from './group-reader.js';
import { type LogEvent, LogEvents } from './log-events.js';
import { discoveredLabels, StreamLabels } from './stream-labels.js';

/** `cloudwatch`: the events of a log group in AWS's CloudWatch Logs, where EKS puts its audit logs. */
export const cloudwatch: TargetKind<CloudwatchOptions> = {
  name: 'cloudwatch',
  field: optional(cloudwatchOptions),
  usesPositions: true,
  build: (options, deps) => new CloudwatchTarget(options, deps),
};

class CloudwatchTarget implements Target {
  readonly type = 'CloudWatch';
  readonly labels: ReadonlyMap<string, string>;
  readonly #options: CloudwatchOptions;
  readonly #deps: TargetDeps;
  readonly #metrics: CloudwatchMetrics;
  readonly #http: AwsHttp;
  readonly #stopping = new AbortController();
  #region = '';
  #running: Promise<void> = Promise.resolve();
  #checkpoint: Checkpoint | undefined;
  #error: string | undefined;
  #newestMs = 0;

  constructor(options: CloudwatchOptions, deps: TargetDeps) {
    this.labels = options.labels;
    this.#options = options;
    this.#deps = deps;
    this.#metrics = cloudwatchMetrics(deps.registry);
    this.#http = new AwsHttp(deps.environment);
  }

  get discoveredLabels(): ReadonlyMap<string, string> {
    return discoveredLabels(this.#options, this.#region);
  }

  get isReady(): boolean {
    return !this.#stopping.signal.aborted;
  }

  async start(): Promise<void> {
    const { region, profile, log_group, overlap, start_from: from } = this.#options;
    const { environment, jobName, positions, now } = this.#deps;
    const found = await findRegion(region, profile, environment);
    if (found === undefined)
      throw new Error(
        'cloudwatch: no region: neither in the config nor in AWS_REGION nor in the AWS profile',
      );
    this.#region = found;
    const startMs = 'atMs' in from ? from.atMs : now() - from.agoMs;
    const key = `cursor-cloudwatch-${jobName}-${log_group}`;
    this.#checkpoint = new Checkpoint(positions, key, Math.floor(startMs));
    const reader = new GroupReader({
      ...this.#deps,
      events: this.#logEvents(),
      checkpoint: this.#checkpoint,
      overlapMs: overlap,
      labels: new StreamLabels(this.#options, found, this.#deps),
      onPage: (fresh) => this.#notePage(fresh),
      onFailure: (error) => this.#noteFailure(error),
    });
    this.#running = this.#pollOnAndOn(reader, this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#http.close();
  }

  details(): Record<string, unknown> {
    const horizonMs = this.#checkpoint?.horizonMs;
    return {
      log_group: this.#options.log_group,
      region: this.#region,
      settled_before: horizonMs === undefined ? undefined : new Date(horizonMs).toISOString(),
      error: this.#error,
    };
  }

  #logEvents(): LogEvents {
    const { endpoint, log_group, log_stream_prefix, filter_pattern } = this.#options;
    const { environment, now } = this.#deps;
    const region = this.#region;
    const common = { http: this.#http, region, environment, now };
    const credentials = new RememberedCredentials(new CredentialChain(this.#options, common), now);
    const service = new JsonService(
      {
        endpoint: endpoint ?? endpointOf('logs', 'CLOUDWATCH_LOGS', region, environment),
        region,
        service: 'logs',
        prefix: 'Logs_20140328',
      },
      { ...this.#deps, http: this.#http, credentials },
    );
    return new LogEvents(service, {
      group: log_group,
      streamPrefix: log_stream_prefix,
      pattern: filter_pattern,
    });
  }

  async #pollOnAndOn(reader: GroupReader, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const isUpToDate = await reader.read(signal);
      if (isUpToDate) await sleep(this.#options.poll_interval, signal);
    }
  }

  #notePage(fresh: readonly LogEvent[]): void {
    const { log_group } = this.#options;
    this.#error = undefined;
    this.#metrics.entries.inc({ log_group }, fresh.length);
    // They are sorted, but late ones come by themselves.
    this.#newestMs = Math.max(this.#newestMs, fresh.at(-1)?.timestampMs ?? 0);
    if (this.#newestMs > 0) this.#metrics.newest.set({ log_group }, this.#newestMs / 1000);
  }

  /** Told once, until it is another or over. */
  #noteFailure(error: Error): void {
    const { log_group } = this.#options;
    const isRefused = error instanceof AwsError;
    const reason = isRefused ? (error.isThrottling ? 'throttled' : 'refused') : 'unreachable';
    this.#metrics.failures.inc({ log_group, reason });
    if (error.message === this.#error) return;
    this.#error = error.message;
    this.#deps.log.warn(
      { log_group, error: error.message },
      'cannot read from CloudWatch Logs; trying again',
    );
  }
}
