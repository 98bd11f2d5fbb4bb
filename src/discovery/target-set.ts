import type { TargetGroup } from './discoverer.js';

/** A discovered target after relabelling: one that files are read for, or one that is not and why. */
export interface ResolvedTarget {
  readonly discovered: ReadonlyMap<string, string>;
  readonly outcome:
    | {
        readonly kind: 'active';
        readonly path: string;
        readonly exclude: string;
        readonly labels: ReadonlyMap<string, string>;
      }
    | { readonly kind: 'dropped'; readonly reason: DropReason; readonly message: string };
}

/** The label `reason` of `promtail_targets_failed_total`. */
export type DropReason = 'dropped' | 'wrong_host' | 'no_path' | 'exists';

type Relabel = (labels: ReadonlyMap<string, string>) => ReadonlyMap<string, string> | undefined;

/** The targets of `groups`, in Promtail's order of checks: relabelling, host, path, not twice. */
export function resolveTargets(
  groups: Iterable<TargetGroup>,
  relabel: Relabel,
  hostname: string,
): ResolvedTarget[] {
  const seen = new Set<string>();
  const resolved: ResolvedTarget[] = [];
  for (const group of groups) {
    for (const target of group.targets) {
      const discovered = new Map([...group.labels, ...target]);
      resolved.push({ discovered, outcome: outcomeOf(discovered, relabel, hostname, seen) });
    }
  }
  return resolved;
}

/** What makes two targets the same: path, exclusion and the labels that reach Loki. */
export function targetKey(path: string, exclude: string, labels: ReadonlyMap<string, string>): string {
  return JSON.stringify([path, exclude, [...labels].sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function outcomeOf(
  discovered: ReadonlyMap<string, string>,
  relabel: Relabel,
  hostname: string,
  seen: Set<string>,
): ResolvedTarget['outcome'] {
  const relabelled = relabel(discovered);
  if (relabelled === undefined) return { kind: 'dropped', reason: 'dropped', message: 'dropped target' };
  const host = relabelled.get('__host__') ?? '';
  if (host !== '' && host !== hostname) {
    const message = `ignoring target, wrong host (labels:${printLabels(relabelled)} hostname:${hostname})`;
    return { kind: 'dropped', reason: 'wrong_host', message };
  }
  const path = relabelled.get('__path__') ?? '';
  if (path === '') return { kind: 'dropped', reason: 'no_path', message: 'no path for target' };
  const exclude = relabelled.get('__path_exclude__') ?? '';
  const labels = withoutInternal(relabelled);
  const key = targetKey(path, exclude, labels);
  if (seen.has(key)) return { kind: 'dropped', reason: 'exists', message: 'ignoring target, already exists' };
  seen.add(key);
  return { kind: 'active', path, exclude, labels };
}

/** Labels that reach Loki: none that begins with `__`, none that is empty. */
export function withoutInternal(labels: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...labels].filter(([name, value]) => !name.startsWith('__') && value !== ''));
}

function printLabels(labels: ReadonlyMap<string, string>): string {
  return `{${[...labels].map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}}`;
}
