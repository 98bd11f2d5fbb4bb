import type { TargetGroup } from './discoverer.js';

/** The label `reason` of `promtail_targets_failed_total`. */
export type DropReason = 'dropped' | 'wrong_host' | 'no_path' | 'exists';

export interface TargetRules {
  /** The job's relabel_configs. Undefined: dropped. */
  readonly relabel: (labels: ReadonlyMap<string, string>) => ReadonlyMap<string, string> | undefined;
  /** Whose files are read. */
  readonly hostname: string;
}

/** What relabelling says about a target: that files are read for it, or that they are not and why. */
type Outcome =
  | {
      readonly kind: 'active';
      readonly path: string;
      readonly exclude: string;
      readonly labels: ReadonlyMap<string, string>;
      /** What makes two targets the same: path, exclusion and the labels that reach Loki. */
      readonly key: string;
    }
  | { readonly kind: 'dropped'; readonly reason: Exclude<DropReason, 'exists'> };

/** A discovered target after relabelling. What only the pages show is not kept but made when they ask. */
export class ResolvedTarget {
  readonly outcome: Outcome;
  readonly #group: TargetGroup;
  readonly #index: number;
  readonly #rules: TargetRules;

  constructor(outcome: Outcome, group: TargetGroup, index: number, rules: TargetRules) {
    this.outcome = outcome;
    this.#group = group;
    this.#index = index;
    this.#rules = rules;
  }

  /** The labels before relabelling. */
  get discoveredLabels(): ReadonlyMap<string, string> {
    return new Map([...this.#group.labels, ...this.#group.targets[this.#index]!]);
  }

  /** Why no files are read for it; of one for which they are, why not twice. */
  get reason(): string {
    const { outcome } = this;
    if (outcome.kind === 'active') return 'ignoring target, already exists';
    if (outcome.reason !== 'wrong_host') return reasons[outcome.reason];
    const { relabel, hostname } = this.#rules;
    const labels = printLabels(relabel(this.discoveredLabels) ?? new Map());
    return `ignoring target, wrong host (labels:${labels} hostname:${hostname})`;
  }
}

const reasons = { dropped: 'dropped target', no_path: 'no path for target' } as const;

/** The targets of a group, in Promtail's order of checks: relabelling, host, path. */
export function resolveGroup(group: TargetGroup, rules: TargetRules): ResolvedTarget[] {
  const { labels } = group;
  return group.targets.map(
    (target, index) =>
      new ResolvedTarget(outcomeOf(new Map([...labels, ...target]), rules), group, index, rules),
  );
}

function outcomeOf(discovered: ReadonlyMap<string, string>, { relabel, hostname }: TargetRules): Outcome {
  const relabelled = relabel(discovered);
  if (relabelled === undefined) return { kind: 'dropped', reason: 'dropped' };
  const host = relabelled.get('__host__') ?? '';
  if (host !== '' && host !== hostname) return { kind: 'dropped', reason: 'wrong_host' };
  const path = relabelled.get('__path__') ?? '';
  if (path === '') return { kind: 'dropped', reason: 'no_path' };
  const exclude = relabelled.get('__path_exclude__') ?? '';
  const labels = withoutInternal(relabelled);
  const key = JSON.stringify([path, exclude, [...labels].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return { kind: 'active', path, exclude, labels, key };
}

/** Labels that reach Loki: none that begins with `__`, none that is empty. */
export function withoutInternal(labels: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...labels].filter(([name, value]) => !name.startsWith('__') && value !== ''));
}

function printLabels(labels: ReadonlyMap<string, string>): string {
  return `{${[...labels].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}
