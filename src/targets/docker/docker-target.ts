import { listOf, optional } from '../../fields/schema.js';
import { dockerMetrics } from '../../metrics/docker-metrics.js';
import type { ShownTarget, Target, TargetDeps, TargetKind } from '../target.js';
import { DockerDaemon } from './docker-daemon.js';
import { type DockerOptions, dockerOptions } from './docker-options.js';

/** `docker_sd_configs`: the logs of containers, read from Docker itself and not from its files. */
export const dockerConfigs: TargetKind<DockerOptions[]> = {
  name: 'docker_sd_configs',
  field: optional(listOf(dockerOptions)),
  usesPositions: true,
  build: (items, deps) => new DockerTarget(items, deps),
};

class DockerTarget implements Target {
  readonly type = 'Docker';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string> = new Map();
  readonly #daemons: readonly DockerDaemon[];

  constructor(items: readonly DockerOptions[], deps: TargetDeps) {
    const metrics = dockerMetrics(deps.registry);
    const byHost = Map.groupBy(items, ({ host, port }) => `${host}:${port}`);
    this.#daemons = [...byHost.values()].map((same) => new DockerDaemon(same, deps, metrics));
  }

  get isReady(): boolean {
    return this.parts.some((log) => log.isReady);
  }

  /** A daemon that is out of reach is waited for. */
  async start(): Promise<void> {
    for (const daemon of this.#daemons) daemon.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#daemons.map((daemon) => daemon.stop()));
  }

  get parts(): readonly ShownTarget[] {
    return this.#daemons.flatMap(({ logs }) => logs);
  }

  details(): Record<string, unknown> {
    const errors = this.#daemons.map(({ error }) => error).filter((error) => error !== '');
    return { hosts: this.#daemons.map(({ host }) => host), error: errors.join('; ') };
  }
}
