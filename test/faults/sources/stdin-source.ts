import type { AgentProcess } from '../../../demo/agent-process.js';
import type { Source } from './source.js';

/** A pipe into the agent. */
class Pipe implements Source {
  readonly job = { static_configs: [{ labels: { job: 'audit', instance: 'a' } }] };
  readonly flags = ['-stdin'];
  #agent: AgentProcess | undefined;

  write(data: string): void {
    this.#agent!.stdin.write(data);
  }

  async followed(agent: AgentProcess): Promise<void> {
    this.#agent = agent;
  }

  async restart(): Promise<void> {
    throw new Error('a pipe has one end only');
  }

  close(): void {}
}

export function openPipe(): Source {
  return new Pipe();
}
