import { agent } from './agent.js';
import { denied } from './denied.js';
import type { Dashboard } from './grafana.js';
import { overview } from './overview.js';
import { secretsRbac } from './secrets-rbac.js';
import { slowCalls } from './slow.js';
import { user } from './user.js';

/** Every dashboard, by the name of its file in deploy/grafana. */
export const dashboards: Readonly<Record<string, Dashboard>> = {
  overview,
  user,
  denied,
  'slow-calls': slowCalls,
  'secrets-rbac': secretsRbac,
  agent,
};

export function toJson(dashboard: Dashboard): string {
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}
