import type { Agent } from './agent.js';
import type { AgentLog } from './log/agent-log.js';
import type { Reloads } from './reloads.js';
import type { AgentView } from './server/agent-view.js';

/** What the pages show of the agent, as it is at the moment. */
export function agentView(of: {
  readonly agent: Agent;
  readonly agentLog: AgentLog;
  readonly version: string;
  readonly reloads: Reloads;
}): AgentView {
  const { agent, agentLog, version, reloads } = of;
  return {
    version,
    reload: () => reloads.reload(),
    get reloadError() {
      return reloads.lastError;
    },
    get isReady() {
      return agent.isReady;
    },
    get configText() {
      return agent.loaded?.text ?? '';
    },
    get jobs() {
      return agent.jobs;
    },
    get clients() {
      return agent.clientStates();
    },
    get logLevel() {
      return agentLog.level;
    },
    set logLevel(level) {
      agentLog.level = level;
    },
    customMetrics: () => agent.customFamilies(),
  };
}
