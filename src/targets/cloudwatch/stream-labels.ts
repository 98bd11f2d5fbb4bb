import type { Labels } from '../../entry/labels.js';
import { finalLabels } from '../final-labels.js';
import type { TargetDeps } from '../target.js';
import type { CloudwatchOptions } from './cloudwatch-options.js';

/** The labels before relabelling of what comes from a stream, or from any when it is not named. */
export function discoveredLabels(
  { log_group, labels }: CloudwatchOptions,
  region: string,
  stream?: string,
): ReadonlyMap<string, string> {
  return new Map([
    ['__cloudwatch_region', region],
    ['__cloudwatch_log_group', log_group],
    ...(stream === undefined ? [] : [['__cloudwatch_log_stream', stream] as const]),
    ...labels,
  ]);
}

/** The labels of entries, worked out once a stream. */
export class StreamLabels {
  readonly #options: CloudwatchOptions;
  readonly #region: string;
  readonly #deps: TargetDeps;
  readonly #known = new Map<string, Labels | undefined>();

  constructor(options: CloudwatchOptions, region: string, deps: TargetDeps) {
    this.#options = options;
    this.#region = region;
    this.#deps = deps;
  }

  /** Undefined: to be dropped. */
  of(stream: string): Labels | undefined {
    if (!this.#known.has(stream)) {
      const labels = discoveredLabels(this.#options, this.#region, stream);
      this.#known.set(stream, finalLabels(labels, this.#deps));
    }
    return this.#known.get(stream);
  }
}
