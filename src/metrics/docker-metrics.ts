import type { Counter, Registry } from 'prom-client';
import { sharedCounter } from './shared-metrics.js';

export interface DockerMetrics {
  readonly entries: Counter;
  readonly errors: Counter;
}

export function dockerMetrics(registry: Registry): DockerMetrics {
  return {
    entries: sharedCounter(registry, {
      name: 'promtail_docker_target_entries_total',
      help: 'Lines of containers that were read.',
    }),
    errors: sharedCounter(registry, {
      name: 'promtail_docker_target_parsing_errors_total',
      help: 'Parts of container logs that were skipped, as they have no time.',
    }),
  };
}
