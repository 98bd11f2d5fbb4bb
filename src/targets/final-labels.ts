import type { Labels } from '../entry/labels.js';
import type { TargetDeps } from './target.js';

/**
 * The labels that entries get: relabelled, without those whose names begin with `__` and those that are empty. Undefined when the
 * rules say to drop what has these labels.
 */
export function finalLabels(
  labels: ReadonlyMap<string, string>,
  { relabel, labelSets }: Pick<TargetDeps, 'relabel' | 'labelSets'>,
): Labels | undefined {
  const relabelled = relabel(labels);
  if (relabelled === undefined) return undefined;
  return labelSets.of([...relabelled].filter(([name, value]) => !name.startsWith('__') && value !== ''));
}
