import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { Listener } from '../http/listener.js';
import { RequestMetrics } from '../metrics/request-metrics.js';
import type { AgentView } from './agent-view.js';
import { routesOf } from './routes.js';
import type { ServerConfig } from './server-schema.js';

/** Opens the agent's own server, which shows how it is doing. Rejects when it cannot listen. */
export async function openAgentServer(
  config: ServerConfig,
  agent: AgentView,
  deps: { readonly log: Logger; readonly registry: Registry },
): Promise<Listener> {
  const { registry } = deps;
  const log = deps.log.child({ component: 'server' });
  const routes = routesOf(agent, config, registry);
  const listener = await Listener.open(config, routes, { log, metrics: new RequestMetrics(registry) });
  log.info(
    { http: listener.address },
    'server listening; there is no gRPC listener, as Promtail offers nothing on its own',
  );
  return listener;
}
