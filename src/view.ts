import type { Agent } from './agent.js';
import type { AgentLog } from './log/agent-log.js';
import type { AgentView } from './server/agent-view.js';

/** What the pages show of the agent, as it is at the moment. */
export function agentView(of: {
  readonly agent: Agent;
  readonly agentLog: AgentLog;
  readonly version: string;
  readonly reload: () => Promise<void>;
}): AgentView {
  const { agent, agentLog, version, reload } = of;
  return {
    version,
    reload,
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
