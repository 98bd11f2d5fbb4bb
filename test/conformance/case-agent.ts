import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '../../demo/agent-process.js';
import { freePort } from '../../demo/free-port.js';

/** Starts an agent as the cases were recorded: in UTC, with its config as JSON. */
export async function startCaseAgent(dir: string, config: object): Promise<AgentProcess> {
  const configFile = join(dir, 'config.json');
  writeFileSync(configFile, JSON.stringify(config));
  const port = await freePort();
  const flags = [
    `-server.http-listen-port=${port}`,
    `-positions.file=${join(dir, 'positions.yaml')}`,
    '-target.sync-period=100ms',
  ];
  return new AgentProcess({ configFile, port, flags, env: { TZ: 'UTC' } });
}
