import type { TargetView } from './agent-view.js';

/** A target for programs. */
export function targetJson(target: TargetView) {
  return {
    type: target.type,
    ready: target.isReady,
    discovered_labels: Object.fromEntries(target.discoveredLabels),
    labels: Object.fromEntries(target.labels),
    details: target.details(),
  };
}
